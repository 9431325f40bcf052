package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.Severity;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Bytes that look random: ciphertext, packed code, stolen data on its way out. Measured on the
 * payload and on what its base64 and hex stand for, against random bytes of the same length.
 */
final class PayloadEntropyDetector implements Detector {

  static final String RULE = "payload_high_entropy";

  private static final int EXCERPT = 48;

  private final double limit;
  private final double deviations;
  private final int leastBytes;
  private final int leastEmbedded;

  PayloadEntropyDetector(AnomalyDetectorConfig config) {
    this.limit = config.entropyLimit();
    this.deviations = config.entropyDeviations();
    this.leastBytes = config.entropyLeastBytes();
    this.leastEmbedded = config.entropyLeastEmbeddedBytes();
  }

  @Override
  public String ruleId() {
    return RULE;
  }

  @Override
  public Optional<Finding> inspect(InspectedMessage message, Pace pace, long at) {
    byte[] payload = bytes(message.getPayload());
    if (payload.length < leastBytes) {
      return Optional.empty();
    }
    if (looksRandom(payload)) {
      return Optional.of(finding("none", 0, payload.length, "", payload));
    }
    EncodedRun run = EncodedRun.next(payload, 0, Math.min(leastBytes, leastEmbedded));
    while (run != null) {
      if (run.decoded().length >= least(run, payload) && looksRandom(run.decoded())) {
        String excerpt = excerpt(payload, run);
        return Optional.of(finding(run.decoder(), run.from(), run.to(), excerpt, run.decoded()));
      }
      run = EncodedRun.next(payload, run.to(), Math.min(leastBytes, leastEmbedded));
    }
    return Optional.empty();
  }

  /** Where the run is all there is, it is no signature of something else. */
  private int least(EncodedRun run, byte[] payload) {
    boolean isWhole = (run.to() - run.from()) * 10L >= payload.length * 9L;
    return isWhole ? leastBytes : leastEmbedded;
  }

  private boolean looksRandom(byte[] bytes) {
    double entropy = Entropy.of(bytes, 0, bytes.length);
    return entropy >= threshold(bytes.length) && !KnownFormat.matches(bytes, 0, bytes.length);
  }

  private double threshold(int length) {
    double random = RandomBytes.entropy(length) - deviations * RandomBytes.deviation(length);
    return Math.min(random, Math.nextUp(limit));
  }

  private Finding finding(String decoder, int from, int to, String excerpt, byte[] bytes) {
    return new Anomaly(
            RULE,
            AnalyticType.STATISTICAL,
            Severity.MEDIUM,
            Action.FLAG,
            "Payload looks like random bytes",
            bits(RandomBytes.entropy(bytes.length)) + " for random bytes of this length",
            bits(Entropy.of(bytes, 0, bytes.length)),
            bits(threshold(bytes.length)),
            Map.of("decoder", decoder, "bytes", Integer.toString(bytes.length)),
            List.of(new Evidence("payload", "raw", from, to - from, excerpt)))
        .finding();
  }

  /** Only of encoded text, which has no characters that could do harm. */
  private static String excerpt(byte[] payload, EncodedRun run) {
    int length = Math.min(run.to() - run.from(), EXCERPT);
    return new String(payload, run.from(), length, StandardCharsets.ISO_8859_1)
        .replaceAll("[\\r\\n]", "");
  }

  private static String bits(double entropy) {
    return String.format(Locale.ROOT, "%.2f bits per byte", entropy);
  }

  private static byte[] bytes(ByteBuffer payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(payload.position(), bytes);
    return bytes;
  }
}
