package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.Severity;
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

  /** A client most of whose payloads look random sends ciphertext by its nature. */
  private static final double ALWAYS = 0.8;

  private static final int EXCERPT = 48;

  private final double limit;
  private final double deviations;
  private final int leastBytes;
  private final int leastEmbedded;
  private final Action action;
  private final BaselineConfig baseline;

  PayloadEntropyDetector(Settings settings) {
    AnomalyDetectorConfig config = settings.limits();
    this.action = settings.modes().payloadHighEntropy().action();
    this.baseline = settings.baseline();
    this.limit = config.entropyLimit();
    this.deviations = config.entropyDeviations();
    this.leastBytes = config.entropyLeastBytes();
    this.leastEmbedded = config.entropyLeastEmbeddedBytes();
  }

  @Override
  public Alarm alarm() {
    return Alarm.PAYLOAD_HIGH_ENTROPY;
  }

  @Override
  public boolean judgesReplays() {
    return true;
  }

  @Override
  public Optional<Finding> inspect(Observation seen, Profile profile) {
    if (seen.payload().length < leastBytes) {
      return Optional.empty();
    }
    Optional<Finding> found = judge(seen);
    boolean isUsual = sendsCiphertext(seen, profile);
    if (!seen.isReplay()) {
      profile.learnRandom(found.isPresent());
      if (seen.peers() != null) {
        seen.peers().learnRandom(found.isPresent());
      }
    }
    return isUsual ? Optional.empty() : found;
  }

  private boolean sendsCiphertext(Observation seen, Profile profile) {
    if (profile.isKnown(baseline)) {
      return profile.randomShare() >= ALWAYS;
    }
    return seen.hasPeers(baseline) && seen.peers().randomShare() >= ALWAYS;
  }

  private Optional<Finding> judge(Observation seen) {
    byte[] payload = seen.payload();
    double entropy = seen.entropy();
    if (looksRandom(payload, entropy)) {
      return Optional.of(finding("none", 0, payload.length, "", payload, entropy));
    }
    EncodedRun run = EncodedRun.next(payload, 0, Math.min(leastBytes, leastEmbedded));
    while (run != null) {
      byte[] decoded = run.decoded();
      if (decoded.length >= least(run, payload)) {
        double inside = Entropy.of(decoded, 0, decoded.length);
        if (looksRandom(decoded, inside)) {
          String excerpt = excerpt(payload, run);
          return Optional.of(
              finding(run.decoder(), run.from(), run.to(), excerpt, decoded, inside));
        }
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

  private boolean looksRandom(byte[] bytes, double entropy) {
    return entropy >= threshold(bytes.length) && !KnownFormat.matches(bytes, 0, bytes.length);
  }

  private double threshold(int length) {
    double random = RandomBytes.entropy(length) - deviations * RandomBytes.deviation(length);
    return Math.min(random, Math.nextUp(limit));
  }

  private Finding finding(
      String decoder, int from, int to, String excerpt, byte[] bytes, double entropy) {
    return new Anomaly(
            alarm().ruleId(),
            AnalyticType.STATISTICAL,
            Severity.MEDIUM,
            action,
            "Payload looks like random bytes",
            bits(RandomBytes.entropy(bytes.length)) + " for random bytes of this length",
            bits(entropy),
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
}
