package io.mqttsentinel.allinone;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class PortsTest {

  private static final String LOOPBACK = "127.0.0.1";

  @Test
  void namesEveryPortInUseAndTheOptionThatChangesIt() throws Exception {
    try (ServerSocket edge = taken();
        ServerSocket kafka = taken()) {
      Ports ports = new Ports(edge.getLocalPort(), 0, 0, 0, kafka.getLocalPort(), 0);

      PortTakenException refusal =
          assertThrows(PortTakenException.class, () -> ports.checkFree(LOOPBACK));

      assertEquals(2, refusal.getMessage().lines().count());
      assertTrue(refusal.getMessage().contains("with --port"), refusal.getMessage());
      assertTrue(refusal.getMessage().contains("with --kafka-port"), refusal.getMessage());
    }
  }

  @Test
  void namesThePortOfTheOpenListenerToo() throws Exception {
    try (ServerSocket edge = taken();
        ServerSocket open = taken()) {
      Ports ports = new Ports(edge.getLocalPort(), 0, 0, 0, 0, 0);
      OptionalInt interop = OptionalInt.of(open.getLocalPort());

      PortTakenException refusal =
          assertThrows(PortTakenException.class, () -> ports.checkFree(LOOPBACK, interop));

      assertEquals(2, refusal.getMessage().lines().count());
      assertTrue(refusal.getMessage().contains("with --port"), refusal.getMessage());
      assertTrue(refusal.getMessage().contains("with --interop"), refusal.getMessage());
    }
  }

  @Test
  void whatIsNoAddressOfThisMachineIsNotCalledAPortInUse() {
    for (String host : new String[] {"no address", "192.0.2.1"}) {
      IllegalArgumentException refusal =
          assertThrows(IllegalArgumentException.class, () -> Ports.anyFree().checkFree(host));

      assertEquals(
          "--host is '%s', expected an address of this machine".formatted(host),
          refusal.getMessage());
    }
  }

  @Test
  void onePortForTwoListenersIsRefused() {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> new Ports(1883, 0, 0, 0, 1883, 0));

    assertEquals("--port and --kafka-port are both 1883, expected two ports", refusal.getMessage());
  }

  @Test
  void anyFreePortIsFree() {
    assertDoesNotThrow(() -> Ports.anyFree().checkFree(LOOPBACK));
  }

  @Test
  void refusesWhatIsNoPort() {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> new Ports(0, 0, -1, 0, 0, 0));

    assertEquals("--origin-port is -1, expected a port from 0 to 65535", refusal.getMessage());
  }

  private static ServerSocket taken() throws Exception {
    return new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK));
  }
}
