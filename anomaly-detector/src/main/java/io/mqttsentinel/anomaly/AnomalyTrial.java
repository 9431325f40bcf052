package io.mqttsentinel.anomaly;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micronaut.context.ApplicationContext;
import io.mqttsentinel.runtime.GeoIp;
import io.mqttsentinel.runtime.Origins;
import io.mqttsentinel.runtime.ServiceMain;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The detectors without a service around them: what they say of a payload after earlier ones of the
 * same client. Hours and addresses are not judged: nobody knows those of a file.
 */
public final class AnomalyTrial {

  private static final Logger LOG = LoggerFactory.getLogger(AnomalyTrial.class);
  private static final int ROUNDS = 2_000;

  /** What is slow is not repeated for longer, in nanoseconds. */
  private static final long LONGEST = 1_000_000_000;

  private final Settings settings;
  private final List<Detector> detectors;
  private final MessageInspection inspection;
  private final Profile profile = new Profile();

  AnomalyTrial(Settings settings) {
    this.settings = settings;
    this.detectors = detectors(settings);
    this.inspection = inspection(detectors);
  }

  /**
   * With the configuration that the service would have here.
   *
   * @throws IllegalArgumentException naming the key, if it is bad
   */
  public static AnomalyTrial configured() {
    Map<String, Object> properties =
        Map.of(
            "sentinel.services." + AnomalyDetectorApplication.SERVICE,
            true,
            AnomalyDetectorStream.SERVE,
            false);
    try (ApplicationContext context =
        ApplicationContext.builder().properties(properties).banner(false).start()) {
      AnomalyTrial trial = new AnomalyTrial(context.getBean(Settings.class));
      // Beans that are made in the background complain when the context is gone meanwhile.
      LOG.debug("Idle: {}", ForkJoinPool.commonPool().awaitQuiescence(5, TimeUnit.SECONDS));
      return trial;
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(ServiceMain.rootMessage(e), e);
    }
  }

  /** An earlier message of the client. */
  public void learn(InspectedMessage earlier) {
    inspection.of(earlier, profile, null);
  }

  /**
   * Judges one message after the other.
   *
   * @param messages the same payload, once or more; what any of them is found for is a finding
   */
  public AnomalyExplanation judge(List<InspectedMessage> messages) {
    InspectedMessage first = messages.getFirst();
    int learned = profile.observations();
    Map<String, Finding> unusual = deviations(first);
    long[] costs = costs(first);
    Map<String, Finding> found = new LinkedHashMap<>();
    for (InspectedMessage message : messages) {
      inspection.of(message, profile, null).forEach(f -> found.putIfAbsent(f.getRuleId(), f));
    }
    List<AnomalyExplanation.Step> steps = new ArrayList<>();
    for (int i = 0; i < detectors.size(); i++) {
      String rule = detectors.get(i).alarm().ruleId();
      Finding finding = found.get(rule);
      steps.add(
          new AnomalyExplanation.Step(
              rule,
              Optional.ofNullable(finding == null ? unusual.get(rule) : finding),
              finding != null,
              costs[i]));
    }
    return new AnomalyExplanation(
        Anomaly.VERSION,
        learned,
        settings.baseline().minObservations(),
        settings.baseline().raiseAfter(),
        List.copyOf(steps),
        Arrays.stream(costs).sum(),
        List.copyOf(found.values()));
  }

  /** What would be a finding if one unusual message were enough. */
  private Map<String, Finding> deviations(InspectedMessage message) {
    Settings eager =
        new Settings(
            settings.limits(), atOnce(settings.baseline()), settings.modes(), settings.responses());
    Map<String, Finding> byRule = new LinkedHashMap<>();
    inspection(detectors(eager))
        .of(message, Profile.fromBytes(profile.toBytes()), null)
        .forEach(finding -> byRule.put(finding.getRuleId(), finding));
    return byRule;
  }

  /** Of each detector, in nanoseconds; the first to ask for the entropy pays for it. */
  private long[] costs(InspectedMessage message) {
    byte[] before = profile.toBytes();
    long[][] nanos = new long[detectors.size()][ROUNDS];
    int rounds = 0;
    for (long spent = 0; rounds < ROUNDS && spent < LONGEST; rounds++) {
      Profile copy = Profile.fromBytes(before);
      Observation seen = new Observation(message, null, false);
      for (int i = 0; i < detectors.size(); i++) {
        nanos[i][rounds] = cost(detectors.get(i), seen, copy);
        spent += nanos[i][rounds];
      }
    }
    long[] medians = new long[detectors.size()];
    for (int i = 0; i < medians.length; i++) {
      Arrays.sort(nanos[i], 0, rounds);
      medians[i] = nanos[i][rounds / 2];
    }
    return medians;
  }

  private static long cost(Detector detector, Observation seen, Profile profile) {
    long start = System.nanoTime();
    try {
      Optional<Finding> _ = detector.inspect(seen, profile);
    } catch (RuntimeException _) {
      return System.nanoTime() - start; // the inspection proper makes a finding of it
    }
    return System.nanoTime() - start;
  }

  private static List<Detector> detectors(Settings settings) {
    Origins nowhere = new Origins(GeoIp.open(AnomalyDetectorConfig.GEOIP_FILES, List.of()));
    return AnomalyDetectorTopology.detectors(settings, nowhere).stream()
        .filter(
            detector -> detector.alarm() != Alarm.NEW_ORIGIN && detector.alarm() != Alarm.OFF_HOURS)
        .toList();
  }

  private static MessageInspection inspection(List<Detector> detectors) {
    return new MessageInspection(
        detectors, new AnomalyMetrics(new ServiceMetrics(new SimpleMeterRegistry()), detectors));
  }

  private static BaselineConfig atOnce(BaselineConfig from) {
    return new BaselineConfig(
        from.minObservations(),
        from.deviations(),
        from.factor(),
        1,
        from.clearAfter(),
        Duration.ofMillis(1),
        from.rateWindow(),
        from.rateFloor(),
        from.learning(),
        from.offHoursDays(),
        from.silenceFactor(),
        from.silenceFloor(),
        from.classClients(),
        from.fleetFloor(),
        from.failureFloor(),
        from.forgetAfter());
  }
}
