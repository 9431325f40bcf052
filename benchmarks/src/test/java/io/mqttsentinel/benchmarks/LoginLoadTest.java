package io.mqttsentinel.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LoginLoadTest {

  private static final LoginSources SOURCES = new LoginSources(12, 1_000);

  private final LoginTally tally = new LoginTally(new Schedule(0, 10, 1));
  private int over;

  private LoginTally.Result answer(String... hex) {
    LoginAttempt attempt = new LoginAttempt(SOURCES.of(0), "dev-1", "pw");
    EmbeddedChannel channel =
        new EmbeddedChannel(new LoginPeer(attempt, System.nanoTime(), tally, () -> over++));
    for (String bytes : hex) {
      channel.writeInbound(Unpooled.wrappedBuffer(HexFormat.of().parseHex(bytes)));
    }
    var _ = channel.close();
    assertEquals(1, over, "it ends once");
    return tally.result();
  }

  @Test
  void connectIsAsTheStandardHasIt() {
    String longName = "x".repeat(200);
    EmbeddedChannel decoder = new EmbeddedChannel(new MqttDecoder(1_000, 1_000));
    byte[] bytes = new LoginAttempt(SOURCES.of(0), longName, "pw").connect();
    decoder.writeInbound(Unpooled.wrappedBuffer(bytes));
    MqttConnectMessage connect = decoder.readInbound();
    assertTrue(connect.decoderResult().isSuccess(), connect.toString());
    assertEquals(5, connect.variableHeader().version());
    assertTrue(connect.variableHeader().isCleanSession());
    assertEquals(longName, connect.payload().clientIdentifier());
    assertEquals(longName, connect.payload().userName());
    assertEquals("pw", new String(connect.payload().passwordInBytes(), StandardCharsets.UTF_8));
  }

  @Test
  void sourcesAreAllDifferentAndOfTheirNetwork() {
    assertEquals(
        1_000,
        java.util.stream.IntStream.range(0, 1_000)
            .mapToObj(i -> SOURCES.of(i).getAddress().getHostAddress())
            .filter(address -> address.startsWith("127.12."))
            .distinct()
            .count());
    assertEquals(SOURCES.of(7), SOURCES.of(1_007));
  }

  @Test
  void letIn() {
    assertEquals(1, answer("2003000000").accepted());
  }

  @Test
  void refusedWithItsCodeByteForByte() {
    assertEquals(Map.of(0x86, 1L), answer("20", "03", "00", "86").refused());
  }

  @Test
  void refusedInALongPacket() {
    assertEquals(Map.of(0x97, 1L), answer("208101", "0097" + "00".repeat(10)).refused());
  }

  @Test
  void closedWithoutAWord() {
    LoginTally.Result result = answer();
    assertEquals(1, result.turnedAway());
    assertEquals(1, result.errors());
  }
}
