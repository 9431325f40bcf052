package io.mqttsentinel.allinone;

import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.MessageSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The messages of one client that nobody sent: earlier ones, and the payload that is inspected.
 *
 * @param trial the payload, as often as it is to be sent
 */
record InspectMessages(List<InspectedMessage> earlier, List<InspectedMessage> trial) {

  private static final long SECOND_NANOS = 1_000_000_000;

  /**
   * Reads payload and history.
   *
   * @param now when the payload is sent for the first time
   * @throws IOException naming a file that cannot be read, and what was expected of it
   */
  static InspectMessages read(InspectArguments given, InputStream in, Instant now)
      throws IOException {
    byte[] payload =
        given.payload().isPresent()
            ? file(given.payload().get(), "a payload's file, or - for standard input")
            : in.readAllBytes();
    List<byte[]> history = given.history().isPresent() ? history(given.history().get()) : List.of();
    List<InspectedMessage> earlier = new ArrayList<>();
    Instant at = now.minus(given.every().multipliedBy(history.size()));
    for (byte[] one : history) {
      earlier.add(message(given, given.historyTopic(), one, at, earlier.size()));
      at = at.plus(given.every());
    }
    Duration pause =
        given.rate().isPresent()
            ? Duration.ofNanos(SECOND_NANOS / given.rate().getAsInt())
            : given.every();
    List<InspectedMessage> trial = new ArrayList<>();
    for (int i = 0; i < given.repeat(); i++) {
      trial.add(message(given, given.topic(), payload, at, earlier.size() + i));
      at = at.plus(pause);
    }
    return new InspectMessages(List.copyOf(earlier), List.copyOf(trial));
  }

  /** The files of a directory by name, one payload each, or the lines of a file. */
  private static List<byte[]> history(Path place) throws IOException {
    if (!Files.isDirectory(place)) {
      return lines(file(place, "a directory of earlier payloads, or a file with one in each line"));
    }
    List<byte[]> payloads = new ArrayList<>();
    try (Stream<Path> files = Files.list(place)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        payloads.add(file(file, "an earlier payload"));
      }
    }
    return payloads;
  }

  /** Empty lines are no payloads. */
  private static List<byte[]> lines(byte[] text) {
    List<byte[]> lines = new ArrayList<>();
    int from = 0;
    while (from < text.length) {
      int end = from;
      while (end < text.length && text[end] != '\n') {
        end++;
      }
      int to = end > from && text[end - 1] == '\r' ? end - 1 : end;
      if (to > from) {
        lines.add(Arrays.copyOfRange(text, from, to));
      }
      from = end + 1;
    }
    return lines;
  }

  private static byte[] file(Path file, String expected) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("'%s' is no file, expected %s".formatted(file, expected));
    }
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IOException("'%s' cannot be read, expected %s".formatted(file, expected), e);
    }
  }

  private static InspectedMessage message(
      InspectArguments given, String topic, byte[] payload, Instant at, int sequence) {
    MessageProperties properties = new MessageProperties(null, null, null, null, null, List.of());
    given.contentType().ifPresent(properties::setContentType);
    InspectedMessage message = new InspectedMessage();
    message.setEpoch(1);
    message.setSequence(sequence + 1);
    message.setSource(MessageSource.DEVICE);
    message.setRegion("");
    message.setEdge("");
    message.setClientId(given.client());
    message.setUsername(given.username().orElse(null));
    message.setRemoteAddress("");
    message.setTopic(topic);
    message.setPayload(ByteBuffer.wrap(payload));
    message.setProperties(properties);
    message.setAcceptedAt(at);
    message.setAttributes(given.tenant().map(name -> Map.of("tenant", name)).orElse(Map.of()));
    message.setFindings(List.of());
    message.setStamps(List.of());
    return message;
  }
}
