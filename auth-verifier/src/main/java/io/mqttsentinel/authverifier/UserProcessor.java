package io.mqttsentinel.authverifier;

import io.mqttsentinel.runtime.Origins;
import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.SecurityEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Follows the user names of one partition, and the edges that all connections belong to. */
final class UserProcessor implements Processor<String, SpecificRecord, String, SpecificRecord> {

  static final String USERS = "users";
  static final String EDGE_LIVES_OVER = "edge-lives-over";

  private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(1);
  private static final int SWEEP_SIZE = 500;

  private final UsersConfig config;
  private final TravelWatch travel;
  private final Origins origins;
  private final LoginReport.Tools tools;
  private ProcessorContext<String, SpecificRecord> context;
  private LoginReport reports;
  private UserWatch watch;

  UserProcessor(UsersConfig config, TravelWatch travel, Origins origins, LoginReport.Tools tools) {
    this.config = config;
    this.travel = travel;
    this.origins = origins;
    this.tools = tools;
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> context) {
    this.context = context;
    reports = new LoginReport(context, tools, AuthVerifierTopology.USER_SINKS);
    watch =
        new UserWatch(
            config,
            travel,
            origins,
            context.getStateStore(USERS),
            context.getStateStore(EDGE_LIVES_OVER),
            now());
    context.schedule(
        SWEEP_INTERVAL,
        PunctuationType.WALL_CLOCK_TIME,
        at -> report(watch.sweep(now(), SWEEP_SIZE)));
  }

  @Override
  public void process(Record<String, SpecificRecord> record) {
    switch (record.value()) {
      case AuthAudit login when login.getActivity() == AuditActivity.CONNECT ->
          report(watch.connected(record.key(), login, now()));
      case AuthAudit logout -> watch.disconnected(record.key(), logout, now());
      case EdgeEvent edge -> watch.over(edge);
      case null, default -> {
        // Nothing else is written to these topics.
      }
    }
  }

  private void report(List<UserWatch.Found> all) {
    for (UserWatch.Found found : all) {
      Instant now = tools.clock().instant();
      SecurityEvent event =
          LoginEvents.ofUser(found.finding(), found.username(), found.last(), now);
      // What lasts until now is as young as now; what a login showed is as old as that.
      boolean lasts = found.finding().getRuleId().equals(UserWatch.CREDENTIALS_SHARED);
      reports.report(found.finding(), event, lasts ? now : found.last().getAt());
    }
  }

  private Instant now() {
    return Instant.ofEpochMilli(context.currentSystemTimeMs());
  }
}
