package io.mqttsentinel.benchmarks;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * A JSON text of fixed size that names its run and its number; plain words, so that no rule finds
 * anything in it.
 */
final class BenchmarkPayload {

  private static final String START = "{\"id\":\"";
  private static final int RUN_LENGTH = 8;
  private static final int NUMBER_LENGTH = 12;
  private static final String MIDDLE = "\",\"level\":\"info\",\"text\":\"";
  private static final String END = "\"}";
  private static final String WORDS = "pump three reports a steady flow and normal pressure, ";
  private static final int NUMBER_AT = START.length() + RUN_LENGTH + 1;

  static final int SMALLEST = NUMBER_AT + NUMBER_LENGTH + MIDDLE.length() + END.length();

  private final byte[] run;
  private final byte[] template;

  /**
   * @param run 8 characters that tell this run's messages from another's
   */
  BenchmarkPayload(String run, int bytes) {
    if (run.length() != RUN_LENGTH) {
      throw new IllegalArgumentException("run is '%s', expected 8 characters".formatted(run));
    }
    if (bytes < SMALLEST) {
      throw new IllegalArgumentException(
          "payload of %d bytes, expected at least %d".formatted(bytes, SMALLEST));
    }
    this.run = run.getBytes(StandardCharsets.US_ASCII);
    String head = START + run + "-" + "0".repeat(NUMBER_LENGTH) + MIDDLE;
    int filling = bytes - head.length() - END.length();
    String words = WORDS.repeat(filling / WORDS.length() + 1).substring(0, filling);
    this.template = (head + words + END).getBytes(StandardCharsets.US_ASCII);
  }

  int bytes() {
    return template.length;
  }

  byte[] encode(long number) {
    byte[] payload = template.clone();
    long rest = number;
    for (int at = NUMBER_AT + NUMBER_LENGTH - 1; at >= NUMBER_AT; at--) {
      payload[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return payload;
  }

  /** The number in a payload of this run, or -1 for any other payload. */
  long number(ByteBuf payload) {
    if (payload.readableBytes() != template.length) {
      return -1;
    }
    int start = payload.readerIndex();
    for (int i = 0; i < RUN_LENGTH; i++) {
      if (payload.getByte(start + START.length() + i) != run[i]) {
        return -1;
      }
    }
    long number = 0;
    for (int i = 0; i < NUMBER_LENGTH; i++) {
      int digit = payload.getByte(start + NUMBER_AT + i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
