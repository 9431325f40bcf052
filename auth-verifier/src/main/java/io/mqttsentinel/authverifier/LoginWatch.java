package io.mqttsentinel.authverifier;

import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.AuditOutcome;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.RemoteAddress;
import io.mqttsentinel.schemas.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Watches who logs in after failing, who probes what it may do, and whose client id several use at
 * once. What it remembers lives as long as the task and is bounded: after a restart it begins anew.
 */
final class LoginWatch {

  static final String LOGIN_AFTER_FAILURES = "login_after_failures";
  static final String PERMISSION_PROBING = "permission_probing";
  static final String CLIENT_ID_SHARED = "client_id_shared";

  private static final String FAILED_FROM = "failed_from";
  private static final String ELSEWHERE = "other addresses";

  private static final String BACKEND_FAILED = "backend_failed";

  private final LoginWatchConfig config;
  private final Map<String, History> histories;

  LoginWatch(LoginWatchConfig config) {
    this.config = config;
    this.histories =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, History> eldest) {
            return size() > config.clients();
          }
        };
  }

  /** What this record is the last straw for. */
  Optional<Finding> note(AuthAudit audit) {
    if (audit.getClientId().isEmpty()) {
      return Optional.empty(); // a ban or a revocation of something else
    }
    boolean failure = audit.getOutcome() == AuditOutcome.FAILURE;
    return switch (audit.getActivity()) {
      case CONNECT -> failure ? refused(audit) : connected(audit);
      case DISCONNECT -> disconnected(audit);
      case PUBLISH, SUBSCRIBE -> failure ? denied(audit) : Optional.empty();
      case UNKNOWN, BAN, ADMIN -> Optional.empty();
    };
  }

  int watched() {
    return histories.size();
  }

  private History history(AuthAudit audit) {
    return histories.computeIfAbsent(audit.getClientId(), id -> new History());
  }

  private Optional<Finding> refused(AuthAudit audit) {
    if (!audit.getCause().equals(BACKEND_FAILED)) { // that is not the client's fault
      History history = history(audit);
      String address = RemoteAddress.host(audit.getRemoteAddress());
      boolean first = history.failures.add(audit.getAt(), config.window()) == 1;
      history.failedFrom = first || address.equals(history.failedFrom) ? address : ELSEWHERE;
    }
    return Optional.empty();
  }

  private Optional<Finding> connected(AuthAudit audit) {
    History history = history(audit);
    String address = RemoteAddress.host(audit.getRemoteAddress());
    boolean tookOver = history.epoch != 0 && !address.equals(history.address);
    history.epoch = audit.getEpoch();
    history.address = address;
    int failures = history.failures.takeAll(audit.getAt(), config.window());
    if (failures >= config.failures()) {
      return finding(
          LOGIN_AFTER_FAILURES,
          Severity.HIGH,
          "Logged in after %d refused logins".formatted(failures),
          failures,
          config.failures(),
          Map.of(FAILED_FROM, address.equals(history.failedFrom) ? address : ELSEWHERE));
    }
    if (tookOver && history.takeovers.add(audit.getAt(), config.window()) >= config.takeovers()) {
      int takeovers = history.takeovers.takeAll(audit.getAt(), config.window());
      return finding(
          CLIENT_ID_SHARED,
          Severity.HIGH,
          "Several addresses take the client id from each other",
          takeovers,
          config.takeovers(),
          Map.of());
    }
    return Optional.empty();
  }

  /** The end of a connection that another one took over from says nothing of that one. */
  private Optional<Finding> disconnected(AuthAudit audit) {
    History history = histories.get(audit.getClientId());
    if (history != null && history.epoch == audit.getEpoch()) {
      history.epoch = 0;
    }
    return Optional.empty();
  }

  private Optional<Finding> denied(AuthAudit audit) {
    Counter denials = history(audit).denials;
    if (denials.add(audit.getAt(), config.window()) < config.denials()) {
      return Optional.empty();
    }
    int count = denials.takeAll(audit.getAt(), config.window());
    String verb = audit.getActivity() == AuditActivity.PUBLISH ? "publish" : "subscribe";
    return finding(
        PERMISSION_PROBING,
        Severity.MEDIUM,
        "Tries again and again to %s where it may not".formatted(verb),
        count,
        config.denials(),
        Map.of());
  }

  private Optional<Finding> finding(
      String rule,
      Severity severity,
      String title,
      int observed,
      int threshold,
      Map<String, String> more) {
    Map<String, String> why = new HashMap<>(more);
    why.put("observed", Integer.toString(observed));
    why.put("threshold", Integer.toString(threshold));
    why.put("window", config.window().toString());
    return Optional.of(LoginEvents.finding(rule, severity, title, why));
  }

  /** Whether somebody else may have failed: who logged in is not to suffer for it then. */
  static boolean hasFailedFromElsewhere(Finding loginAfterFailures) {
    return ELSEWHERE.equals(loginAfterFailures.getAttributes().get(FAILED_FROM));
  }

  /** What is known of one client id; epoch 0: not connected. */
  private static final class History {
    private final Counter failures = new Counter();
    private final Counter denials = new Counter();
    private final Counter takeovers = new Counter();
    private long epoch;
    private String address = "";
    private String failedFrom = "";
  }

  /** Counts since the first within the window. */
  private static final class Counter {
    private Instant since = Instant.EPOCH;
    private int count;

    int add(Instant at, Duration window) {
      if (at.isAfter(since.plus(window))) {
        since = at;
        count = 0;
      }
      return ++count;
    }

    int takeAll(Instant at, Duration window) {
      int taken = at.isAfter(since.plus(window)) ? 0 : count;
      count = 0;
      return taken;
    }
  }
}
