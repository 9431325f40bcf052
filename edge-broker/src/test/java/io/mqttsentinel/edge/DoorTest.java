package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.BanKind;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoorTest {

  private static final String BANNED = "192.0.2.7";

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Bans bans = new Bans(Clock.systemUTC());
  private final Admission admission = new Admission(AdmissionTest.limits(2, "none"), bans);
  private final List<String> told = new ArrayList<>();

  DoorTest() {
    bans.put(
        Bans.key(BanKind.ADDRESS, BANNED),
        Ban.newBuilder()
            .setKind(BanKind.ADDRESS)
            .setValue(BANNED)
            .setReason("test")
            .setBy("test")
            .setAt(Instant.now())
            .build());
  }

  @Test
  void bannedAddressIsClosedBeforeAnythingIsMadeOfIt() {
    EmbeddedChannel listener = new EmbeddedChannel(door(true));
    Child banned = new Child(BANNED);
    Child other = new Child("192.0.2.8");

    listener.writeInbound(banned, other);

    assertFalse(banned.isOpen());
    assertSame(other, listener.readInbound());
    assertNull(listener.readInbound());
    assertTrue(other.isOpen());
    assertEquals(1, meters.counter("sentinel.edge.refused", "reason", "banned").count());
    assertEquals(List.of("banned of " + BANNED + ":4711"), told);
  }

  @Test
  void addressWithAllOfItsConnectionsGetsNoMore() {
    for (int i = 0; i < 2; i++) {
      admission.came();
      admission.identified(AdmissionTest.connection("192.0.2.8:" + (1000 + i)));
    }
    EmbeddedChannel listener = new EmbeddedChannel(door(true));
    Child third = new Child("192.0.2.8");

    listener.writeInbound(third);

    assertFalse(third.isOpen());
    assertEquals(List.of("connections_address of 192.0.2.8:4711"), told);
  }

  @Test
  void addressOfLoadBalancerSaysNothing() {
    EmbeddedChannel listener = new EmbeddedChannel(door(false));
    Child child = new Child(BANNED);

    listener.writeInbound(child);

    assertSame(child, listener.readInbound());
  }

  private Door door(boolean knowsAddresses) {
    return new Door(
        AccessTest.access(admission, bans, new SimpleMeterRegistry(), () -> 0),
        knowsAddresses,
        (address, reason) -> told.add(reason + " of " + address),
        new EdgeMetrics(meters));
  }

  private static final class Child extends EmbeddedChannel {

    private final SocketAddress peer;

    Child(String host) {
      this.peer = new InetSocketAddress(host, 4711);
    }

    @Override
    protected SocketAddress remoteAddress0() {
      return peer;
    }
  }
}
