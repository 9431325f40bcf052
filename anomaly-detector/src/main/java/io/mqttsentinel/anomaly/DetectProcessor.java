package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.CloseCause;
import io.mqttsentinel.schemas.Envelope;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.SessionClose;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SessionOpen;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows the clients of one partition: what they publish, and how they come and go. */
final class DetectProcessor implements Processor<String, SpecificRecord, String, SpecificRecord> {

  static final String CLIENT_PROFILES = "client-profiles";

  private static final Logger LOG = LoggerFactory.getLogger(DetectProcessor.class);
  private static final Duration SWEEP_INTERVAL = Duration.ofMillis(500);
  private static final int SWEPT_AT_ONCE = 50;
  private static final int SAMPLED = 63;

  private final Settings settings;
  private final MessageInspection inspection;
  private final ConnectionWatch connections;
  private final FleetWatch fleet;
  private final AnomalyResponses.Tools tools;
  private final AnomalyMetrics metrics;
  private final Clock clock;
  private ProcessorContext<String, SpecificRecord> context;
  private Profiles profiles;
  private SilenceWatch silence;
  private AnomalyResponses responses;
  private String region = "";
  private int counted;
  private int watched;

  DetectProcessor(
      Settings settings,
      List<Detector> detectors,
      FleetWatch fleet,
      AnomalyResponses.Tools tools,
      AnomalyMetrics metrics,
      Clock clock) {
    this.settings = settings;
    this.inspection = new MessageInspection(detectors, metrics);
    this.connections = new ConnectionWatch(settings);
    this.fleet = fleet;
    this.tools = tools;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> context) {
    this.context = context;
    responses = new AnomalyResponses(context, tools);
    profiles =
        new Profiles(context.getStateStore(CLIENT_PROFILES), settings.limits().cachedClients());
    silence = new SilenceWatch(settings.baseline(), context.currentSystemTimeMs());
    fleet.restart();
    context.schedule(
        settings.limits().checkpoint(), PunctuationType.WALL_CLOCK_TIME, now -> checkpoint());
    context.schedule(SWEEP_INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::sweep);
  }

  @Override
  public void process(Record<String, SpecificRecord> record) {
    switch (record.value()) {
      case InspectedMessage message -> inspect(record, message);
      case SessionEvent event -> follow(event);
      case null, default ->
          LOG.warn("Ignored a record of {}", context.recordMetadata().orElseThrow());
    }
  }

  @Override
  public void close() {
    metrics.profilesChanged(-counted);
    counted = 0;
  }

  private void inspect(Record<String, SpecificRecord> record, InspectedMessage message) {
    long start = System.nanoTime();
    region = message.getRegion();
    long at = message.getAcceptedAt().toEpochMilli();
    List<Finding> findings =
        inspection.of(message, profiles.of(message), profiles.classOf(message));
    Instant now = clock.instant();
    silence.heard(at, context.currentSystemTimeMs());
    Envelope.append(message, AnomalyDetectorApplication.SERVICE, findings, now);
    metrics
        .stage()
        .handedOn(
            Envelope.strongest(findings),
            Duration.ofNanos(System.nanoTime() - start),
            message.getAcceptedAt(),
            now);
    context.forward(record, AnomalyDetectorTopology.WRITE_MESSAGES);
    responses.toMessage(message, findings);
    watchFleet(message, at);
  }

  private void watchFleet(InspectedMessage message, long at) {
    boolean sampled = (watched++ & SAMPLED) == 0;
    long start = sampled ? System.nanoTime() : 0;
    Optional<Finding> rise = fleet.message(message.getTopic(), at);
    if (sampled) {
      metrics.took(FleetWatch.TOPIC_RISE, System.nanoTime() - start);
    }
    rise.ifPresent(this::reportFleet);
    for (Finding finding : message.getFindings()) {
      if (finding.getAction().compareTo(Action.FLAG) > 0 && !finding.getShadow()) {
        fleet.failure("finding/" + finding.getRuleId(), at).ifPresent(this::reportFleet);
      }
    }
  }

  private void follow(SessionEvent event) {
    region = event.getRegion();
    long at = event.getAt().toEpochMilli();
    switch (event.getBody()) {
      case SessionOpen open -> {
        Profile profile = profiles.ofDevice(event.getClientId());
        if (settings.modes().connectionRate() != Mode.OFF) {
          long start = System.nanoTime();
          Optional<Finding> found = connections.opened(profile, at);
          metrics.took(Alarm.CONNECTION_RATE.ruleId(), System.nanoTime() - start);
          found.ifPresent(finding -> reportConnection(finding, event, open));
        }
      }
      case SessionClose close -> {
        if (close.getCause() == CloseCause.CLIENT_DISCONNECT) {
          profiles.ofDevice(event.getClientId()).saidGoodbye();
        } else if (isFailure(close.getCause())) {
          fleet.failure("close/" + close.getCause(), at).ifPresent(this::reportFleet);
        }
      }
      case null, default -> {
        // Subscriptions and acknowledgements: of no interest here.
      }
    }
  }

  private static boolean isFailure(CloseCause cause) {
    return switch (cause) {
      case PROTOCOL_ERROR, NOT_AUTHORIZED, LIMIT_EXCEEDED, KEEP_ALIVE_TIMEOUT, CONNECTION_LOST ->
          true;
      default -> false;
    };
  }

  private void checkpoint() {
    profiles.checkpoint(settings.limits().checkpointWrites(), settings.baseline());
    metrics.profilesChanged(profiles.size() - counted);
    counted = profiles.size();
  }

  private void sweep(long now) {
    long start = System.nanoTime();
    silence.tick(now);
    profiles.sweep(
        SWEPT_AT_ONCE,
        now - settings.baseline().forgetAfter().toMillis(),
        (clientId, profile) -> isSilent(clientId, profile, now));
    metrics.took(Alarm.CLIENT_SILENT.ruleId(), System.nanoTime() - start);
    int held = silence.endOfMinute(now);
    if (held > 0) {
      reportFleet(SilenceWatch.together(held));
    }
  }

  private boolean isSilent(String clientId, Profile profile, long now) {
    if (settings.modes().clientSilent() == Mode.OFF) {
      return false;
    }
    var found = silence.judge(profile, now);
    if (found.isPresent() && silence.isAlone()) {
      report(found.get(), clientId, "", profile.lastAt());
    }
    return found.isPresent();
  }

  private void report(Finding finding, String clientId, String edge, long cause) {
    SecurityEvent event =
        AnomalyEvents.ofClient(finding, clientId, region, edge, cause, clock.instant());
    report(clientId, event);
  }

  private void reportFleet(Finding finding) {
    report(finding.getRuleId(), AnomalyEvents.ofFleet(finding, region, clock.instant()));
  }

  private void reportConnection(Finding finding, SessionEvent opened, SessionOpen open) {
    String clientId = opened.getClientId();
    SecurityEvent event =
        AnomalyEvents.ofClient(
            finding,
            clientId,
            region,
            opened.getEdge(),
            opened.getAt().toEpochMilli(),
            clock.instant());
    event.setUsername(open.getUsername());
    event.setRemoteAddress(open.getRemoteAddress());
    report(clientId, event);
    responses.toClient(finding, event, opened.getAt());
  }

  private void report(String key, SecurityEvent event) {
    metrics.reported(event.getType());
    context.forward(
        new Record<>(key, event, event.getAt().toEpochMilli()),
        AnomalyDetectorTopology.WRITE_EVENTS);
  }
}
