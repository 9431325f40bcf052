package io.mqttsentinel.anomaly;

import io.mqttsentinel.runtime.BansInForce;
import io.mqttsentinel.runtime.Responder;
import io.mqttsentinel.runtime.Response;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.SecurityEvent;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Writes what is done about the findings of one task, where their mode asks for it. */
final class AnomalyResponses {

  private final ProcessorContext<String, SpecificRecord> context;
  private final Tools tools;
  private final Predicate<String> bans;

  /**
   * What all tasks of an instance share.
   *
   * @param byRule only those that do something
   */
  record Tools(Map<String, Response> byRule, Responder responder, AvroSerdes serdes, Clock clock) {}

  AnomalyResponses(ProcessorContext<String, SpecificRecord> context, Tools tools) {
    this.context = context;
    this.tools = tools;
    this.bans =
        tools.byRule().isEmpty()
            ? key -> false
            : BansInForce.of(context, tools.serdes(), tools.clock());
  }

  /** About the device that sent a message; what the origin sent to it is not its doing. */
  void toMessage(InspectedMessage message, List<Finding> findings) {
    if (tools.byRule().isEmpty() || message.getSource() == MessageSource.ORIGIN) {
      return;
    }
    for (Finding finding : findings) {
      if (tools.byRule().containsKey(finding.getRuleId())) {
        SecurityEvent about = AnomalyEvents.ofMessage(finding, message, tools.clock().instant());
        respond(finding, about, message.getAcceptedAt());
      }
    }
  }

  /**
   * About the client that an event names.
   *
   * @param at when what it is about happened
   */
  void toClient(Finding finding, SecurityEvent event, Instant at) {
    if (tools.byRule().containsKey(finding.getRuleId())) {
      respond(finding, event, at);
    }
  }

  private void respond(Finding finding, SecurityEvent about, Instant at) {
    Response response = tools.byRule().get(finding.getRuleId());
    for (Responder.Outgoing out : tools.responder().respond(response, finding, about, at, bans)) {
      context.forward(
          new Record<>(out.key(), out.value(), tools.clock().millis()),
          AnomalyDetectorTopology.sink(out.topic()));
    }
  }
}
