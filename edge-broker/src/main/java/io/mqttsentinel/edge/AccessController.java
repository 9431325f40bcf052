package io.mqttsentinel.edge;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.micronaut.context.annotation.Requires;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Error;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import io.mqttsentinel.schemas.AuthInvalidation;
import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.BanKind;
import io.mqttsentinel.schemas.InvalidationScope;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/**
 * Bans and revocations over HTTP, for who shows the token. Every edge serves it, and what one takes
 * counts on all. There is none where no token is configured.
 */
@Controller("/api/v1")
@Requires(property = "sentinel.edge.admin.token")
@ExecuteOn(TaskExecutors.BLOCKING)
final class AccessController {

  private static final String BEARER = "Bearer ";

  /** What went wrong, in words that say what was expected. */
  @Serdeable
  record Problem(int status, String message) {}

  /** A ban, or whom one is about: one of client, user and address is there. */
  @Serdeable
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record BanRequest(
      @Nullable String client,
      @Nullable String user,
      @Nullable String address,
      @Nullable @JsonProperty("for") String time,
      @Nullable String reason) {}

  /** A ban in force. */
  @Serdeable
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  record BanView(
      String kind, String value, String at, @Nullable String until, String by, String reason) {}

  /** Whose decisions are to be forgotten: client, user or all. */
  @Serdeable
  record Revocation(
      @Nullable String client,
      @Nullable String user,
      @Nullable Boolean all,
      @Nullable Boolean keepConnected) {}

  /** Without the token. */
  static final class Denied extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private record Subject(BanKind kind, String value) {}

  private final AccessAdmin admin;
  private final Bans bans;
  private final Clock clock;
  private final byte[] token;

  AccessController(AccessAdmin admin, Bans bans, AdminConfig config, Clock clock) {
    this.admin = admin;
    this.bans = bans;
    this.clock = clock;
    this.token = config.token().getBytes(StandardCharsets.UTF_8);
  }

  /** The bans in force as this edge knows them. */
  @Get("/bans")
  List<BanView> list(HttpRequest<?> request) {
    authorize(request);
    return bans.all().stream().map(AccessController::view).toList();
  }

  /** Bans; again, it replaces the ban that there is. */
  @Post("/bans")
  HttpResponse<BanView> add(HttpRequest<?> request, @Body BanRequest wanted) {
    authorize(request);
    Subject subject = subject(wanted.client(), wanted.user(), wanted.address());
    Instant now = clock.instant();
    Instant until = wanted.time() == null ? null : now.plus(AdminInput.duration(wanted.time()));
    String reason = wanted.reason() == null ? "" : wanted.reason();
    Ban ban = new Ban(now, subject.kind(), subject.value(), until, reason, "api");
    admin.ban(ban);
    return HttpResponse.created(view(ban));
  }

  /** Lifts a ban; 404 where this edge knows none. */
  @Delete("/bans")
  HttpResponse<?> remove(
      HttpRequest<?> request,
      @Nullable @QueryValue String client,
      @Nullable @QueryValue String user,
      @Nullable @QueryValue String address) {
    authorize(request);
    Subject subject = subject(client, user, address);
    if (!bans.has(Bans.key(subject.kind(), subject.value()))) {
      return problem(
          HttpStatus.NOT_FOUND,
          "there is no ban of %s %s".formatted(AdminInput.word(subject.kind()), subject.value()));
    }
    admin.lift(subject.kind(), subject.value());
    return HttpResponse.noContent();
  }

  /** Makes all edges forget decisions, and disconnect whom they are about. */
  @Post("/revocations")
  HttpResponse<?> revoke(HttpRequest<?> request, @Body Revocation wanted) {
    authorize(request);
    boolean all = Boolean.TRUE.equals(wanted.all());
    if (all && (wanted.client() != null || wanted.user() != null)) {
      throw new IllegalArgumentException("all stands alone");
    }
    Subject subject = all ? null : subject(wanted.client(), wanted.user(), null);
    admin.revoke(
        new AuthInvalidation(
            clock.instant(),
            all ? InvalidationScope.ALL : scope(subject.kind()),
            all ? "" : subject.value(),
            !Boolean.TRUE.equals(wanted.keepConnected()),
            "api"));
    return HttpResponse.accepted();
  }

  @Error(exception = Denied.class)
  HttpResponse<Problem> denied(HttpRequest<?> request, Denied failure) {
    return problem(HttpStatus.UNAUTHORIZED, "expected Authorization: Bearer and the admin token")
        .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
  }

  @Error(exception = IllegalArgumentException.class)
  HttpResponse<Problem> badRequest(HttpRequest<?> request, IllegalArgumentException failure) {
    return problem(HttpStatus.BAD_REQUEST, failure.getMessage());
  }

  /** Kafka did not take it: nothing changed. */
  @Error(exception = IllegalStateException.class)
  HttpResponse<Problem> unavailable(HttpRequest<?> request, IllegalStateException failure) {
    return problem(HttpStatus.SERVICE_UNAVAILABLE, failure.getMessage());
  }

  private void authorize(HttpRequest<?> request) {
    String given = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
    String shown =
        given != null && given.startsWith(BEARER) ? given.substring(BEARER.length()) : "";
    // Takes as long whatever is wrong with it.
    if (!MessageDigest.isEqual(token, shown.getBytes(StandardCharsets.UTF_8))) {
      throw new Denied();
    }
  }

  private static Subject subject(
      @Nullable String client, @Nullable String user, @Nullable String address) {
    int named = (client == null ? 0 : 1) + (user == null ? 0 : 1) + (address == null ? 0 : 1);
    if (named != 1) {
      throw new IllegalArgumentException("expected exactly one of client, user, address");
    }
    BanKind kind =
        client != null ? BanKind.CLIENT_ID : user != null ? BanKind.USERNAME : BanKind.ADDRESS;
    String value = client != null ? client : user != null ? user : address;
    return new Subject(kind, AdminInput.value(kind, value));
  }

  private static InvalidationScope scope(BanKind kind) {
    return kind == BanKind.USERNAME ? InvalidationScope.USERNAME : InvalidationScope.CLIENT_ID;
  }

  private static BanView view(Ban ban) {
    return new BanView(
        AdminInput.word(ban.getKind()),
        ban.getValue(),
        ban.getAt().toString(),
        ban.getUntil() == null ? null : ban.getUntil().toString(),
        ban.getBy(),
        ban.getReason());
  }

  private static io.micronaut.http.MutableHttpResponse<Problem> problem(
      HttpStatus status, String message) {
    return HttpResponse.<Problem>status(status).body(new Problem(status.getCode(), message));
  }
}
