package io.mqttsentinel.authverifier;

import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.AuditOutcome;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.SecurityEvent;
import java.time.Duration;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Watches the audit trail of the clients of one partition, and hands logins on by their user name.
 */
final class LoginProcessor implements Processor<String, AuthAudit, String, SpecificRecord> {

  static final String CLIENT_LOGINS = "client-logins";

  private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(1);
  private static final int SWEEP_SIZE = 500;

  private final LoginWatch watch;
  private final UsersConfig users;
  private final TravelWatch travelWatch;
  private final LoginReport.Tools tools;
  private ProcessorContext<String, SpecificRecord> context;
  private LoginReport reports;
  private ClientTravel travel;

  LoginProcessor(
      LoginWatchConfig logins,
      UsersConfig users,
      TravelWatch travelWatch,
      LoginReport.Tools tools) {
    this.watch = new LoginWatch(logins);
    this.users = users;
    this.travelWatch = travelWatch;
    this.tools = tools;
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> context) {
    this.context = context;
    reports = new LoginReport(context, tools, AuthVerifierTopology.LOGIN_SINKS);
    travel = new ClientTravel(context.getStateStore(CLIENT_LOGINS), travelWatch);
    context.schedule(
        SWEEP_INTERVAL,
        PunctuationType.WALL_CLOCK_TIME,
        now -> travel.forget(Instant.ofEpochMilli(now), SWEEP_SIZE));
  }

  @Override
  public void process(Record<String, AuthAudit> record) {
    AuthAudit audit = record.value();
    if (audit == null) {
      return;
    }
    watch.note(audit).ifPresent(finding -> report(finding, audit));
    boolean login = isSuccess(audit, AuditActivity.CONNECT);
    if (login) {
      travel.connected(audit).ifPresent(finding -> report(finding, audit));
    }
    if ((login || isSuccess(audit, AuditActivity.DISCONNECT))
        && users.concerns(audit.getUsername())) {
      context.forward(
          new Record<>(audit.getUsername(), audit, record.timestamp()),
          AuthVerifierTopology.WRITE_LOGINS);
    }
  }

  private static boolean isSuccess(AuthAudit audit, AuditActivity activity) {
    return audit.getActivity() == activity && audit.getOutcome() == AuditOutcome.SUCCESS;
  }

  private void report(Finding finding, AuthAudit audit) {
    SecurityEvent event = LoginEvents.ofClient(finding, audit, tools.clock().instant());
    reports.report(finding, event, audit.getAt());
  }
}
