package io.mqttsentinel.edge;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.time.Duration;

/**
 * JSON web tokens as passwords. The signature must be by a key of the JWKS or by the secret; {@code
 * exp} is when the connection ends, {@code nbf} is kept; {@code acl}, {@code client_attrs} and
 * {@code is_superuser} are read as in answers of an HTTP service. A password that is no token at
 * all is left to the next authenticator.
 *
 * @param jwksUrl where the public keys are, for RS256, ES256 and EdDSA; {@code https}, {@code http}
 *     or {@code file}
 * @param jwksAuthorities PEM file with those who may sign the certificate of the JWKS URL; else
 *     those of the JDK
 * @param secret for HS256, 32 bytes or more; not together with jwks-url
 * @param issuer that {@code iss} must be; without this key any
 * @param audience that must be in {@code aud}; without this key any
 * @param clientIdClaim claim that must be the client id, for instance {@code sub}; without this key
 *     a token is good for any client id
 * @param usernameClaim claim that must be the user name
 * @param requireExpiry whether a token without {@code exp} is refused
 * @param clockSkew by which the clock of who made the token may differ
 * @param refresh how often the keys are read again, and how soon for a key that is not known
 * @param timeLimit of reading the keys
 */
@ConfigurationProperties("sentinel.edge.jwt")
record JwtConfig(
    @Nullable String jwksUrl,
    @Nullable String jwksAuthorities,
    @Nullable String secret,
    @Nullable String issuer,
    @Nullable String audience,
    @Nullable String clientIdClaim,
    @Nullable String usernameClaim,
    @Bindable(defaultValue = "true") boolean requireExpiry,
    @Bindable(defaultValue = "5s") Duration clockSkew,
    @Bindable(defaultValue = "5m") Duration refresh,
    @Bindable(defaultValue = "3s") Duration timeLimit) {

  private static final int LEAST_SECRET = 32; // RFC 7518, 3.2

  JwtConfig {
    ConfigCheck.require(
        jwksUrl == null || jwksUrl.matches("(https?|file):/.+"),
        "sentinel.edge.jwt.jwks-url",
        jwksUrl,
        "an address that starts with https:, http: or file:");
    ConfigCheck.require(
        secret == null
            || secret.getBytes(java.nio.charset.StandardCharsets.UTF_8).length >= LEAST_SECRET,
        "sentinel.edge.jwt.secret",
        "***",
        "32 bytes or more");
    ConfigCheck.require(
        secret == null || jwksUrl == null,
        "sentinel.edge.jwt.secret",
        "***",
        "no secret where there is a jwks-url: a public key must never be taken for a secret");
    ConfigCheck.require(
        !clockSkew.isNegative(), "sentinel.edge.jwt.clock-skew", clockSkew, "0s or more");
    ConfigCheck.positive("sentinel.edge.jwt.refresh", refresh);
    ConfigCheck.positive("sentinel.edge.jwt.time-limit", timeLimit);
  }

  @Override
  public String toString() {
    return "JwtConfig[jwksUrl=%s, issuer=%s]".formatted(jwksUrl, issuer);
  }
}
