package io.mqttsentinel.authverifier;

import io.mqttsentinel.runtime.BansInForce;
import io.mqttsentinel.runtime.Responder;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.SecurityEvent;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Writes the events of one task, and what is done about them where that is configured. */
final class LoginReport {

  private final ProcessorContext<String, SpecificRecord> context;
  private final Tools tools;
  private final AuthVerifierTopology.Sinks sinks;
  private final Predicate<String> bans;

  /** What all tasks of an instance share. */
  record Tools(
      LoginResponses responses,
      Responder responder,
      AvroSerdes serdes,
      AuthVerifierMetrics metrics,
      Clock clock) {}

  LoginReport(
      ProcessorContext<String, SpecificRecord> context,
      Tools tools,
      AuthVerifierTopology.Sinks sinks) {
    this.context = context;
    this.tools = tools;
    this.sinks = sinks;
    this.bans =
        tools.responses().any()
            ? BansInForce.of(context, tools.serdes(), tools.clock())
            : key -> false;
  }

  /**
   * Reports a finding.
   *
   * @param at when what it is about happened
   */
  void report(Finding finding, SecurityEvent event, Instant at) {
    tools.metrics().found(List.of(finding));
    forward(event.getClientId(), event, sinks.events());
    for (Responder.Outgoing out :
        tools.responder().respond(tools.responses().to(finding), finding, event, at, bans)) {
      forward(out.key(), out.value(), sinks.of(out.topic()));
    }
  }

  private void forward(String key, SpecificRecord value, String sink) {
    context.forward(new Record<>(key, value, tools.clock().millis()), sink);
  }
}
