package io.mqttsentinel.authverifier;

import io.mqttsentinel.schemas.Envelope;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.KnownSession;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.SessionClose;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SessionOpen;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows the sessions and verifies the messages of one partition. */
final class VerifyProcessor implements Processor<String, SpecificRecord, String, InspectedMessage> {

  static final String SESSIONS = "sessions";
  static final String HELD_MESSAGES = "held-messages";

  private static final Logger LOG = LoggerFactory.getLogger(VerifyProcessor.class);
  private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(1);
  private static final int SWEEP_SIZE = 500;

  private final AuthVerifierConfig config;
  private final SessionCheck check;
  private final AuthVerifierMetrics metrics;
  private final SessionLog log;
  private final Clock clock;
  private ProcessorContext<String, InspectedMessage> context;
  private SessionTable sessions;
  private HeldMessages held;
  private ReadBarrier barrier;
  private long tick;

  VerifyProcessor(
      AuthVerifierConfig config, AuthVerifierMetrics metrics, SessionLog log, Clock clock) {
    this.config = config;
    this.check = new SessionCheck(config.grace());
    this.metrics = metrics;
    this.log = log;
    this.clock = clock;
  }

  @Override
  public void init(ProcessorContext<String, InspectedMessage> context) {
    this.context = context;
    sessions = new SessionTable(context.getStateStore(SESSIONS), config.retention());
    held = new HeldMessages(context.getStateStore(HELD_MESSAGES), tick);
    barrier = new ReadBarrier(log, context.taskId().partition());
    metrics.heldChanged(held.size());
    context.schedule(config.tick(), PunctuationType.WALL_CLOCK_TIME, now -> tick());
    context.schedule(
        SWEEP_INTERVAL,
        PunctuationType.WALL_CLOCK_TIME,
        now -> metrics.sessionsForgotten(sessions.forget(Instant.ofEpochMilli(now), SWEEP_SIZE)));
  }

  @Override
  public void process(Record<String, SpecificRecord> record) {
    switch (record.value()) {
      case InspectedMessage message -> verify(record.withValue(message));
      case SessionEvent event -> follow(event);
      case null, default ->
          LOG.warn("Ignored a record of {}", context.recordMetadata().orElseThrow());
    }
  }

  @Override
  public void close() {
    metrics.heldChanged(-held.size());
  }

  private void verify(Record<String, InspectedMessage> record) {
    InspectedMessage message = record.value();
    if (message.getSource() == MessageSource.ORIGIN) {
      handOn(record, List.of(), System.nanoTime());
      return;
    }
    String clientId = message.getClientId();
    if (held.isWaiting(clientId)) {
      hold(record);
      release(clientId);
      return;
    }
    KnownSession session = sessions.find(clientId, message.getEpoch());
    if (session == null) {
      hold(record);
      return;
    }
    judge(record, session);
  }

  private void follow(SessionEvent event) {
    switch (event.getBody()) {
      case SessionOpen open ->
          sessions.opened(event, open, context.recordMetadata().orElseThrow().offset());
      case SessionClose close -> sessions.closed(event);
      case null, default -> {
        // Subscriptions: of no interest here.
        return;
      }
    }
    release(event.getClientId());
  }

  private void hold(Record<String, InspectedMessage> record) {
    int before = held.size();
    held.add(record, context.recordMetadata().orElseThrow().offset(), tick);
    metrics.heldChanged(held.size() - before);
  }

  /**
   * Counts the hold in steps of the task's own work: when Kafka or a rebalance stopped it, the
   * session events have had no chance to arrive in that time either.
   */
  private void tick() {
    tick++;
    for (String clientId : held.clients()) {
      release(clientId);
    }
  }

  /** Hands on what waits of a client up to the first message that has to wait on. */
  private void release(String clientId) {
    for (var first = held.first(clientId); first != null; first = held.first(clientId)) {
      KnownSession session = sessions.find(clientId, first.epoch());
      if (session == null && !isHoldOver(first.since())) {
        return;
      }
      Record<String, InspectedMessage> record = held.remove(clientId);
      metrics.heldChanged(-1);
      metrics.holdEnded(session != null);
      if (session == null) {
        handOn(record, List.of(check.unknown(record.value())), System.nanoTime());
      } else {
        judge(record, session);
      }
    }
  }

  private boolean isHoldOver(long since) {
    long waited = tick - since;
    return waited >= config.limitTicks()
        || (waited >= config.holdTicks() && barrier.isReadSince(since, tick));
  }

  private void judge(Record<String, InspectedMessage> record, KnownSession session) {
    long start = System.nanoTime();
    List<Finding> findings;
    try {
      findings = check.of(record.value(), session);
    } catch (RuntimeException e) {
      LOG.warn(
          "Could not verify message {} of session {}",
          record.value().getSequence(),
          record.value().getEpoch(),
          e);
      findings = List.of(SessionCheck.failed(e));
    }
    handOn(record, findings, start);
  }

  private void handOn(
      Record<String, InspectedMessage> record, List<Finding> findings, long startNanos) {
    InspectedMessage message = record.value();
    long nanos = System.nanoTime() - startNanos;
    findings.forEach(finding -> finding.setElapsedNanos(nanos));
    Instant now = clock.instant();
    Envelope.append(message, AuthVerifierApplication.SERVICE, findings, now);
    metrics.found(findings);
    metrics
        .stage()
        .handedOn(
            Envelope.strongest(findings), Duration.ofNanos(nanos), message.getAcceptedAt(), now);
    context.forward(record);
  }
}
