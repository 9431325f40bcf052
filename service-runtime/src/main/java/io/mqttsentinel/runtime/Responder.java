package io.mqttsentinel.runtime;

import io.micrometer.core.instrument.Counter;
import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AuthInvalidation;
import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.BanKind;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InvalidationScope;
import io.mqttsentinel.schemas.RemoteAddress;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.Severity;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.Topics;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns findings into bans and disconnections, and sees to it that a finding which is wrong cannot
 * lock out a fleet. One for a service, for all its threads; what it counts is lost with the
 * process.
 */
public final class Responder {

  public static final String BAN = "response_ban";
  public static final String DISCONNECT = "response_disconnect";
  public static final String PAUSED = "response_paused";

  private static final Logger LOG = LoggerFactory.getLogger(Responder.class);
  private static final int ID_BYTES = 16;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final String service;
  private final ResponseConfig config;
  private final ServiceMetrics metrics;
  private final Clock clock;
  private final Map<String, Instant> lastMinute = new HashMap<>(); // guarded by this, as the next
  private final Map<String, Instant> banned = new HashMap<>();
  private Instant pausedUntil = Instant.MIN;

  public Responder(String service, ResponseConfig config, ServiceMetrics metrics, Clock clock) {
    this.service = service;
    this.config = config;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** A record to be written. */
  public record Outgoing(Topic<String, ?> topic, String key, SpecificRecord value) {}

  /**
   * What is to be written because of a finding: the order and the event about it, the event that
   * orders are paused, or nothing.
   *
   * @param about the finding's event, or one that says the same of a message: its id, client, user
   *     and address count
   * @param at when it happened: a ban lasts from then on, so that one found late or twice is no
   *     longer
   * @param isBanned whether there is a ban with that key already; it is not to be shortened
   */
  public synchronized List<Outgoing> respond(
      Response response,
      Finding finding,
      SecurityEvent about,
      Instant at,
      Predicate<String> isBanned) {
    if (response == Response.REPORT || finding.getShadow()) {
      return List.of();
    }
    String subject = subject(response, about);
    Instant now = clock.instant();
    Instant until = at.plus(config.banFor());
    if (subject == null) {
      return none("nobody", response);
    }
    if (config.never().contains(subject)) {
      return none("spared", response);
    }
    if (!until.isAfter(now)) {
      return none("late", response);
    }
    forget(now);
    String key = key(response, subject);
    if (lastMinute.containsKey(key) || (response.isBan() && isBanned.test(key))) {
      return none("repeated", response);
    }
    if (now.isBefore(pausedUntil)) {
      return none("paused", response);
    }
    if (lastMinute.size() >= config.mostPerMinute()
        || (response.isBan() && banned.size() >= config.mostBans())) {
      return pause(response, finding, about, now);
    }
    lastMinute.put(key, now);
    if (response.isBan()) {
      banned.put(key, until);
    }
    count("ordered", response);
    LOG.info("{} because of {}", response, finding.getRuleId());
    return List.of(
        order(response, finding, subject, now, until), event(response, finding, about, now, until));
  }

  private List<Outgoing> pause(
      Response response, Finding finding, SecurityEvent about, Instant now) {
    pausedUntil = now.plus(config.pause());
    LOG.warn(
        "Findings ban and disconnect nobody until {}: the limits of sentinel.response are reached",
        pausedUntil);
    count("paused", response);
    SecurityEvent event =
        about(PAUSED, response, finding, about, now)
            .setTitle("So many were banned or disconnected that no more are for a while")
            .setSeverity(Severity.HIGH)
            .setAction(Action.FLAG)
            .setAttributes(attributes(response, pausedUntil))
            .build();
    return List.of(outgoing(event));
  }

  private void forget(Instant now) {
    banned.values().removeIf(until -> !until.isAfter(now));
    lastMinute.values().removeIf(ordered -> !ordered.plus(MINUTE).isAfter(now));
  }

  private Outgoing order(
      Response response, Finding finding, String subject, Instant now, Instant until) {
    if (response.isBan()) {
      String reason = service + ": " + finding.getRuleId();
      Ban ban = new Ban(now, kind(response), subject, until, reason, service);
      return new Outgoing(Topics.AUTH_BANS, key(response, subject), ban);
    }
    InvalidationScope scope =
        response == Response.DISCONNECT_USER
            ? InvalidationScope.USERNAME
            : InvalidationScope.CLIENT_ID;
    return new Outgoing(
        Topics.AUTH_INVALIDATIONS,
        subject,
        new AuthInvalidation(now, scope, subject, true, service));
  }

  private Outgoing event(
      Response response, Finding finding, SecurityEvent about, Instant now, Instant until) {
    return outgoing(
        about(response.isBan() ? BAN : DISCONNECT, response, finding, about, now)
            .setTitle(
                "%s because of %s"
                    .formatted(response.isBan() ? "Banned" : "Disconnected", finding.getRuleId()))
            .setAction(Action.BLOCK)
            .setAttributes(attributes(response, response.isBan() ? until : null))
            .build());
  }

  private Map<String, String> attributes(Response response, Instant until) {
    Map<String, String> attributes = new HashMap<>();
    attributes.put("source", service);
    attributes.put("response", response.name().toLowerCase(Locale.ROOT));
    if (until != null) {
      attributes.put("until", until.toString());
    }
    return attributes;
  }

  /** Who is named stays; what is done about it is an event of its own. */
  private static SecurityEvent.Builder about(
      String type, Response response, Finding finding, SecurityEvent about, Instant now) {
    return SecurityEvent.newBuilder(about)
        .setEventId(digest(type + '\n' + response + '\n' + about.getEventId()))
        .setAt(now)
        .setType(type)
        .setSeverity(finding.getSeverity())
        .setFindings(List.of(finding));
  }

  private static String digest(String identity) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static Outgoing outgoing(SecurityEvent event) {
    return new Outgoing(Topics.SECURITY_EVENTS, event.getClientId(), event);
  }

  private static String subject(Response response, SecurityEvent about) {
    String subject =
        switch (response) {
          case BAN_CLIENT, DISCONNECT_CLIENT -> about.getClientId();
          case BAN_USER, DISCONNECT_USER -> about.getUsername();
          case BAN_ADDRESS -> address(about.getRemoteAddress());
          case REPORT -> null;
        };
    return subject == null || subject.isEmpty() ? null : subject;
  }

  /** Null where it is none, or the machine itself. */
  private static String address(String remoteAddress) {
    String host = RemoteAddress.host(remoteAddress);
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress() ? null : host;
    } catch (IllegalArgumentException e) { // a name, or nothing
      return null;
    }
  }

  private static BanKind kind(Response response) {
    return switch (response) {
      case BAN_CLIENT -> BanKind.CLIENT_ID;
      case BAN_USER -> BanKind.USERNAME;
      case BAN_ADDRESS -> BanKind.ADDRESS;
      case REPORT, DISCONNECT_CLIENT, DISCONNECT_USER -> BanKind.UNKNOWN;
    };
  }

  /** As edges name bans. */
  private static String key(Response response, String subject) {
    return response.isBan() ? kind(response) + ":" + subject : response + ":" + subject;
  }

  private List<Outgoing> none(String outcome, Response response) {
    count(outcome, response);
    return List.of();
  }

  private void count(String outcome, Response response) {
    Counter.builder("sentinel.responses")
        .description("Bans and disconnections because of findings, and why others were not made")
        .tags("service", service, "outcome", outcome)
        .tag("response", response.name().toLowerCase(Locale.ROOT))
        .register(metrics.registry())
        .increment();
  }
}
