package io.mqttsentinel.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.edge.AuthDecision.Ignore;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Takes a password for a JSON web token; checks it off the event loop, and asks nobody else. */
final class JwtAuthenticator implements Authenticator, AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final AuthDecision BAD_TOKEN =
      new Deny(new Refusal(ReasonCode.BAD_CREDENTIALS, "bad_token"));
  private static final AuthDecision EXPIRED =
      new Deny(new Refusal(ReasonCode.BAD_CREDENTIALS, "token_expired"));
  private static final AuthDecision OTHER_CLIENT =
      new Deny(new Refusal(ReasonCode.NOT_AUTHORIZED, "token_of_another_client"));
  private static final int THREADS = 2;
  private static final int MOST_WAITING = 5000;

  private final JwtConfig config;
  private final JwtKeys keys;
  private final Clock clock;
  private final ThreadPoolExecutor threads;

  JwtAuthenticator(JwtConfig config, JwtKeys keys, Clock clock) {
    this.config = config;
    this.keys = keys;
    this.clock = clock;
    this.threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().name("edge-auth-jwt-", 0).daemon().factory());
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public String name() {
    return "jwt";
  }

  @Override
  public CompletionStage<AuthDecision> authenticate(ConnectAttempt attempt) {
    Optional<SignedJWT> token =
        attempt.password() == null
            ? Optional.empty()
            : attempt.password().text().flatMap(JwtAuthenticator::parse);
    if (token.isEmpty()) {
      return CompletableFuture.completedStage(new Ignore());
    }
    // As long as the keys can be waited for, and as long again for a place.
    return CompletableFuture.supplyAsync(() -> decide(token.get(), attempt), threads)
        .orTimeout(2 * config.timeLimit().toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Optional<SignedJWT> parse(String password) {
    try {
      return Optional.of(SignedJWT.parse(password));
    } catch (ParseException | IllegalArgumentException e) {
      return Optional.empty(); // a password, not a token
    }
  }

  private AuthDecision decide(SignedJWT token, ConnectAttempt attempt) {
    JWTClaimsSet claims;
    try {
      if (token.getHeader().getCriticalParams() != null || !keys.verifies(token)) {
        return BAD_TOKEN;
      }
      claims = token.getJWTClaimsSet();
    } catch (JOSEException | ParseException e) {
      return BAD_TOKEN;
    }
    Instant expiry = instant(claims.getExpirationTime());
    if (isOver(claims, expiry)) {
      return EXPIRED;
    }
    if (!isForUs(claims) || (expiry == null && config.requireExpiry())) {
      return BAD_TOKEN;
    }
    if (!isOf(claims, config.clientIdClaim(), attempt.clientId())
        || !isOf(claims, config.usernameClaim(), attempt.username())) {
      return OTHER_CLIENT;
    }
    try {
      return new Allow(GrantJson.read(grant(claims, expiry), attempt));
    } catch (IllegalArgumentException e) {
      return BAD_TOKEN;
    }
  }

  private boolean isOver(JWTClaimsSet claims, @Nullable Instant expiry) {
    Instant now = clock.instant();
    Instant start = instant(claims.getNotBeforeTime());
    return (expiry != null && !now.isBefore(expiry.plus(config.clockSkew())))
        || (start != null && now.isBefore(start.minus(config.clockSkew())));
  }

  private boolean isForUs(JWTClaimsSet claims) {
    boolean issuer = config.issuer() == null || config.issuer().equals(claims.getIssuer());
    return issuer
        && (config.audience() == null || claims.getAudience().contains(config.audience()));
  }

  private static boolean isOf(
      JWTClaimsSet claims, @Nullable String claim, @Nullable String expected) {
    return claim == null || (expected != null && expected.equals(claims.getClaim(claim)));
  }

  /** The claims that say what a client may do, as they stand in answers of an HTTP service. */
  private static JsonNode grant(JWTClaimsSet claims, @Nullable Instant expiry) {
    ObjectNode grant = JSON.createObjectNode();
    for (String name : new String[] {"acl", "client_attrs", "is_superuser"}) {
      Object claim = claims.getClaim(name);
      if (claim != null) {
        grant.set(name, JSON.valueToTree(claim));
      }
    }
    if (expiry != null) {
      grant.put("expire_at", expiry.getEpochSecond());
    }
    return grant;
  }

  @Nullable
  private static Instant instant(@Nullable Date date) {
    return date == null ? null : date.toInstant();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
