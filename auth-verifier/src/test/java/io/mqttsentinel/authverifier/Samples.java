package io.mqttsentinel.authverifier;

import io.mqttsentinel.runtime.GeoIp;
import io.mqttsentinel.runtime.Origins;
import io.mqttsentinel.runtime.Response;
import io.mqttsentinel.runtime.ResponseConfig;
import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.AuditOutcome;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.CloseCause;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.Permission;
import io.mqttsentinel.schemas.PermissionAction;
import io.mqttsentinel.schemas.PermissionEffect;
import io.mqttsentinel.schemas.SessionClose;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SessionOpen;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Messages and session events as edges write them. */
final class Samples {

  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  static final AuthVerifierConfig CONFIG =
      new AuthVerifierConfig(
          Duration.ofSeconds(2),
          Duration.ofSeconds(60),
          Duration.ofSeconds(5),
          Duration.ofHours(24),
          List.of());
  static final UsersConfig USERS =
      new UsersConfig(
          true, 2, Duration.ofMinutes(3), 3, Duration.ofHours(24), List.of("by-design"));
  static final TravelConfig TRAVEL = new TravelConfig(1000, 500, Duration.ofHours(1));
  static final Settings SETTINGS =
      new Settings(
          CONFIG,
          new LoginWatchConfig(Duration.ofMinutes(10), 5, 20, 3, 1000),
          USERS,
          TRAVEL,
          respond(Response.REPORT));

  private Samples() {}

  static final ResponseConfig LIMITS =
      new ResponseConfig(Duration.ofHours(1), 10, 100, Duration.ofMinutes(15), List.of());

  /**
   * @param most to everything but logins after failures, which ban no user
   */
  static LoginResponses respond(Response most) {
    Response first = most == Response.BAN_USER ? Response.REPORT : most;
    return new LoginResponses(first, most, most, most, most);
  }

  /** With these responses, and all else as usual. */
  static Settings responding(Response most) {
    return new Settings(CONFIG, SETTINGS.logins(), USERS, TRAVEL, respond(most));
  }

  /** Knows networks, and no places. */
  static Origins nowhere() {
    return new Origins(GeoIp.open("", List.of()));
  }

  static InspectedMessage message(String clientId, long epoch, long sequence, Instant acceptedAt) {
    return InspectedMessage.newBuilder()
        .setEpoch(epoch)
        .setSequence(sequence)
        .setSource(MessageSource.DEVICE)
        .setRegion("local")
        .setEdge("edge-0")
        .setClientId(clientId)
        .setTopic("clients/" + clientId + "/data")
        .setPayload(ByteBuffer.wrap("21.5".getBytes(StandardCharsets.UTF_8)))
        .setQos(1)
        .setProperties(MessageProperties.newBuilder().build())
        .setAcceptedAt(acceptedAt)
        .build();
  }

  static SessionEvent opened(String clientId, long epoch, Instant at) {
    return event(clientId, epoch, at, open(ownTree(clientId)));
  }

  static SessionEvent closed(String clientId, long epoch, Instant at) {
    return event(
        clientId, epoch, at, new SessionClose(CloseCause.CLIENT_DISCONNECT, 0, null, false));
  }

  static SessionEvent event(String clientId, long epoch, Instant at, Object body) {
    return new SessionEvent("local", "edge-0", 0, clientId, epoch, at, body);
  }

  static SessionOpen open(List<Permission> permissions) {
    return SessionOpen.newBuilder()
        .setProtocolVersion(5)
        .setCleanStart(true)
        .setSessionExpirySeconds(0)
        .setReceiveMaximum(65535)
        .setKeepAliveSeconds(60)
        .setRemoteAddress("127.0.0.1:50000")
        .setPermissions(permissions)
        .build();
  }

  static AuthAudit login(String clientId, long epoch, String address, Instant at) {
    return audit(AuditActivity.CONNECT, AuditOutcome.SUCCESS, "", clientId, epoch, address, at);
  }

  static AuthAudit refusedLogin(String clientId, Instant at) {
    return audit(
        AuditActivity.CONNECT,
        AuditOutcome.FAILURE,
        "bad_credentials",
        clientId,
        0,
        "192.0.2.9:1",
        at);
  }

  static AuthAudit audit(
      AuditActivity activity,
      AuditOutcome outcome,
      String cause,
      String clientId,
      long epoch,
      String address,
      Instant at) {
    return AuthAudit.newBuilder()
        .setAt(at)
        .setRegion("local")
        .setEdge("edge-0")
        .setClientId(clientId)
        .setEpoch(epoch)
        .setRemoteAddress(address)
        .setActivity(activity)
        .setOutcome(outcome)
        .setCause(cause)
        .build();
  }

  static List<Permission> ownTree(String clientId) {
    return List.of(allow("clients/" + clientId + "/#"));
  }

  static Permission allow(String filter) {
    return new Permission(
        PermissionEffect.ALLOW, PermissionAction.ALL, filter, false, List.of(), null);
  }
}
