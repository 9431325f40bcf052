package io.mqttsentinel.e2e;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What a message of a fault run says of itself, in its payload. */
record Note(String publisher, int number, String topic) {

  byte[] payload() {
    return "%s %d %s".formatted(publisher, number, topic).getBytes(StandardCharsets.UTF_8);
  }

  /** Empty for a payload that no publisher of a run has written. */
  static Optional<Note> parse(ByteBuffer payload) {
    String[] words = StandardCharsets.UTF_8.decode(payload.duplicate()).toString().split(" ", -1);
    if (words.length != 3) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Note(words[0], Integer.parseInt(words[1]), words[2]));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return topic + "#" + number;
  }
}
