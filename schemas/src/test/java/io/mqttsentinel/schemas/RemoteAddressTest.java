package io.mqttsentinel.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RemoteAddressTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7:4000, 192.0.2.7",
    "/192.0.2.7:4000, 192.0.2.7",
    "[2001:db8::7]:4000, 2001:db8::7",
    "[2001:db8::7], 2001:db8::7",
    "2001:db8::7, 2001:db8::7",
    "[2001:db8::7, [2001:db8::7",
    "gateway.example:4000, gateway.example",
    "gateway.example, gateway.example",
    "'', ''",
    ", ''",
  })
  void hostIsWhatStandsBeforeThePort(String remoteAddress, String host) {
    assertEquals(host, RemoteAddress.host(remoteAddress));
  }

  @ParameterizedTest
  @CsvSource({"192.0.2.7, 192.0.2.7:4000", "2001:db8::7, [2001:db8:0:0:0:0:0:7]:4000"})
  void sixIsWrittenInBrackets(String host, String written) {
    assertEquals(
        written, RemoteAddress.of(new InetSocketAddress(InetAddress.ofLiteral(host), 4000)));
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7:4000, 4000",
    "[2001:db8::7]:4000, 4000",
    "2001:db8::7, 0",
    "192.0.2.7, 0",
    "'', 0",
  })
  void portIsWhatStandsBehindTheHost(String remoteAddress, int port) {
    assertEquals(port, RemoteAddress.port(remoteAddress));
  }

  @Test
  void portsOfOneHostAreOneSource() {
    assertEquals(
        RemoteAddress.host(RemoteAddress.of("2001:db8::7", 4000)),
        RemoteAddress.host(RemoteAddress.of("2001:db8::7", 4001)));
  }
}
