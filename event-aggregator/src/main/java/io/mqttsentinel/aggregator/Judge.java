package io.mqttsentinel.aggregator;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.Envelope;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.Severity;
import io.mqttsentinel.schemas.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Decides once on each message, from the findings of all stages. */
final class Judge {

  static final String STAGE = EventAggregatorApplication.SERVICE;
  static final String INSPECTION_FAILED = "inspection_failed";

  private final Function<List<Finding>, Action> rule;
  private final boolean reportTrials;

  /**
   * The strongest action wins.
   *
   * @param reportTrials whether a message gets an event that only rules on trial speak against
   */
  Judge(boolean reportTrials) {
    this(Envelope::strongest, reportTrials);
  }

  Judge(Function<List<Finding>, Action> rule, boolean reportTrials) {
    this.rule = rule;
    this.reportTrials = reportTrials;
  }

  /** The message is changed in place: it gets its verdict and a stamp. */
  Decision decide(InspectedMessage message, Instant now) {
    Action action = rule.apply(message.getFindings());
    Optional<SecurityEvent> event =
        action != Action.ALLOW || (reportTrials && hasTrial(message.getFindings()))
            ? Optional.of(MessageEvents.of(message, action, now))
            : Optional.empty();
    return decided(message, action, event, now);
  }

  /** For a message that {@link #decide} failed on: it must not pass, and must not be lost. */
  Decision quarantine(InspectedMessage message, RuntimeException cause, Instant now) {
    Finding finding =
        Finding.newBuilder()
            .setRuleId(INSPECTION_FAILED)
            .setStage(STAGE)
            .setAnalyticType(AnalyticType.POLICY)
            .setSeverity(Severity.HIGH)
            .setAction(Action.QUARANTINE)
            .setTitle("The verdict failed; the message waits for an analyst")
            .setAttributes(Map.of("failure", cause.getClass().getSimpleName()))
            .build();
    message.setFindings(Stream.concat(message.getFindings().stream(), Stream.of(finding)).toList());
    SecurityEvent event = MessageEvents.ofFailure(message, finding, now);
    return decided(message, Action.QUARANTINE, Optional.of(event), now);
  }

  private static Decision decided(
      InspectedMessage message, Action action, Optional<SecurityEvent> event, Instant now) {
    String eventId = event.map(SecurityEvent::getEventId).orElse(null);
    message.setVerdict(new Verdict(action, now, eventId));
    return new Decision(Envelope.stamp(message, STAGE, now), event);
  }

  /** A rule on trial (shadow) changes no verdict, but analysts want to see what it would do. */
  private static boolean hasTrial(List<Finding> findings) {
    for (Finding finding : findings) {
      if (finding.getShadow() && finding.getAction() != Action.ALLOW) {
        return true;
      }
    }
    return false;
  }
}
