package io.mqttsentinel.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchmarkPayloadTest {

  private final BenchmarkPayload payload = new BenchmarkPayload("0a1b2c3d", 300);

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 42, 999_999_999_999L})
  void numberComesBack(long number) {
    assertEquals(number, number(payload.encode(number)));
  }

  @ParameterizedTest
  @ValueSource(ints = {55, 100, 300, 10_000})
  void hasItsSizeAndIsJson(int bytes) throws IOException {
    byte[] encoded = new BenchmarkPayload("0a1b2c3d", bytes).encode(7);
    assertEquals(bytes, encoded.length);
    assertEquals(
        "0a1b2c3d-000000000007", new ObjectMapper().readTree(encoded).get("id").textValue());
  }

  @Test
  void otherPayloadsHaveNoNumber() {
    assertEquals(-1, number(new BenchmarkPayload("ffffffff", 300).encode(7)));
    assertEquals(-1, number(new BenchmarkPayload("0a1b2c3d", 301).encode(7)));
    byte[] damaged = payload.encode(7);
    Arrays.fill(damaged, 16, 28, (byte) 'x');
    assertEquals(-1, number(damaged));
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new BenchmarkPayload("0a1b2c3d", BenchmarkPayload.SMALLEST - 1));
    assertThrows(IllegalArgumentException.class, () -> new BenchmarkPayload("short", 300));
  }

  private long number(byte[] bytes) {
    return payload.number(Unpooled.wrappedBuffer(bytes));
  }
}
