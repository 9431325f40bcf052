package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.edge.AuthDecision.Ignore;
import io.mqttsentinel.testing.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JwtAuthenticatorTest {

  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  @TempDir Path directory;
  private final List<JwtAuthenticator> open = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(JwtAuthenticator::close);
  }

  @Test
  void tokensOfAllKindsOfKeysAreTaken() throws Exception {
    RSAKey rsa = new RSAKeyGenerator(2048).keyID("r").generate();
    ECKey ec = new ECKeyGenerator(Curve.P_256).keyID("e").generate();
    Ed25519PrivateKeyParameters secret = new Ed25519PrivateKeyParameters(new SecureRandom());
    OctetKeyPair edwards =
        new OctetKeyPair.Builder(
                Curve.Ed25519, Base64URL.encode(secret.generatePublicKey().getEncoded()))
            .keyID("d")
            .build();
    JwtAuthenticator jwt = withKeys(rsa.toPublicJWK(), ec.toPublicJWK(), edwards);
    assertAllowed(ask(jwt, sign(JWSAlgorithm.RS256, "r", new RSASSASigner(rsa), claims())));
    assertAllowed(ask(jwt, sign(JWSAlgorithm.ES256, "e", new ECDSASigner(ec), claims())));
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.EdDSA).keyID("d").build(), claims().build());
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, secret);
    signer.update(token.getSigningInput(), 0, token.getSigningInput().length);
    String signed =
        new String(token.getSigningInput(), StandardCharsets.US_ASCII)
            + "."
            + Base64URL.encode(signer.generateSignature());
    assertAllowed(ask(jwt, signed));
    assertDenied("bad_token", ask(jwt, changed(signed)));
  }

  @Test
  void claimsBecomeTheGrant() throws Exception {
    JWTClaimsSet.Builder claims =
        claims()
            .claim("client_attrs", Map.of("site", "b4"))
            .claim(
                "acl",
                List.of(
                    Map.of("permission", "allow", "action", "publish", "topic", "u/${username}")));
    Grant grant = assertInstanceOf(Allow.class, ask(withSecret(null), hs256(claims))).grant();
    assertEquals(NOW.plusSeconds(60), grant.expiresAt());
    assertEquals(Map.of("site", "b4"), grant.attributes());
    assertTrue(grant.mayPublish("u/user", 0, false));
    assertFalse(grant.mayPublish("clients/dev-1/x", 0, false));
  }

  @Test
  void tokenMustBeSoundCurrentAndForUs() throws Exception {
    JwtAuthenticator jwt = withSecret("sub");
    assertAllowed(ask(jwt, hs256(claims())));
    assertDenied("bad_token", ask(jwt, changed(hs256(claims()))));
    assertDenied("token_expired", ask(jwt, hs256(claims().expirationTime(at(-6)))));
    assertAllowed(ask(jwt, hs256(claims().expirationTime(at(-4)))));
    assertDenied("token_expired", ask(jwt, hs256(claims().notBeforeTime(at(6)))));
    assertDenied("bad_token", ask(jwt, hs256(claims().expirationTime(null))));
    assertDenied("bad_token", ask(jwt, hs256(claims().issuer("other"))));
    assertDenied("bad_token", ask(jwt, hs256(claims().audience("other"))));
    assertDenied("token_of_another_client", ask(jwt, hs256(claims().subject("dev-2"))));
    assertDenied("token_of_another_client", ask(jwt, hs256(claims().subject(null))));
    assertDenied("bad_token", ask(jwt, hs256(claims().claim("acl", "all"))));
  }

  @Test
  void publicKeyIsNeverTakenForASecret() throws Exception {
    RSAKey rsa = new RSAKeyGenerator(2048).keyID("r").generate();
    JwtAuthenticator jwt = withKeys(rsa.toPublicJWK());
    byte[] asSecret = rsa.toRSAPublicKey().getEncoded();
    assertDenied(
        "bad_token", ask(jwt, sign(JWSAlgorithm.HS256, "r", new MACSigner(asSecret), claims())));
    assertDenied(
        "bad_token",
        ask(withSecret(null), sign(JWSAlgorithm.RS256, "r", new RSASSASigner(rsa), claims())));
  }

  @Test
  void passwordThatIsNoTokenIsForOthersToDecide() {
    JwtAuthenticator jwt = withSecret(null);
    for (String password : new String[] {"secret", "a.b.c", "", "eyJhbGciOiJub25lIn0.e30."}) {
      assertEquals(new Ignore(false), ask(jwt, password), password);
    }
    assertEquals(new Ignore(false), ask(jwt, null));
  }

  @Test
  void newKeysAreFoundAndOldOnesHoldOnWhereNoneCanBeRead() throws Exception {
    ECKey first = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
    ECKey second = new ECKeyGenerator(Curve.P_256).keyID("2").generate();
    JwtAuthenticator jwt = withKeys(first.toPublicJWK());
    String old = sign(JWSAlgorithm.ES256, "1", new ECDSASigner(first), claims());
    assertAllowed(ask(jwt, old));
    write(first.toPublicJWK(), second.toPublicJWK());
    String next = sign(JWSAlgorithm.ES256, "2", new ECDSASigner(second), claims());
    Await.until("the new key", () -> ask(jwt, next) instanceof Allow);
    Files.delete(directory.resolve("jwks.json"));
    assertAllowed(ask(jwt, old));
    assertAllowed(ask(jwt, next));
  }

  @Test
  void withoutKeysItIsAFailure() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
    JwtAuthenticator jwt = withKeys(key.toPublicJWK());
    Files.delete(directory.resolve("jwks.json"));
    String token = sign(JWSAlgorithm.ES256, "1", new ECDSASigner(key), claims());
    assertThrows(CompletionException.class, () -> ask(jwt, token));
  }

  @Test
  void serverThatStallsInTheMiddleOfItsAnswerIsGivenUp() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
    ECKey next = new ECKeyGenerator(Curve.P_256).keyID("2").generate();
    String known = sign(JWSAlgorithm.ES256, "1", new ECDSASigner(key), claims());
    String unknown = sign(JWSAlgorithm.ES256, "2", new ECDSASigner(next), claims());
    try (KeyServer server = new KeyServer()) {
      server.answer(key.toPublicJWK());
      JwtAuthenticator jwt = open(server.url(), null, null, Duration.ofSeconds(2));
      assertAllowed(ask(jwt, known));
      server.stall();
      var _ = jwt.authenticate(Attempts.of("dev-1", "user", unknown));
      server.awaitStalled();
      assertAllowed(ask(jwt, known));
      server.answer(key.toPublicJWK(), next.toPublicJWK());
      Await.until("the new key", () -> ask(jwt, unknown) instanceof Allow);
    }
  }

  @Test
  void whileTheKeysAreReadTheOldOnesCount() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
    ECKey next = new ECKeyGenerator(Curve.P_256).keyID("2").generate();
    String known = sign(JWSAlgorithm.ES256, "1", new ECDSASigner(key), claims());
    String unknown = sign(JWSAlgorithm.ES256, "2", new ECDSASigner(next), claims());
    try (KeyServer server = new KeyServer()) {
      server.answer(key.toPublicJWK());
      JwtAuthenticator jwt = open(server.url(), null, null, Duration.ofMinutes(1));
      assertAllowed(ask(jwt, known));
      server.stall();
      var reading = jwt.authenticate(Attempts.of("dev-1", "user", unknown));
      server.awaitStalled();
      for (int i = 0; i < 3; i++) {
        CompletionException failure =
            assertThrows(CompletionException.class, () -> ask(jwt, unknown));
        assertInstanceOf(IllegalStateException.class, failure.getCause(), "not held against it");
        assertAllowed(ask(jwt, known));
      }
      assertFalse(reading.toCompletableFuture().isDone());
    }
  }

  private static void assertAllowed(AuthDecision decision) {
    assertInstanceOf(Allow.class, decision, decision::toString);
  }

  private static void assertDenied(String cause, AuthDecision decision) {
    assertEquals(cause, assertInstanceOf(Deny.class, decision).refusal().cause());
  }

  private static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .issuer("us")
        .audience("mqtt")
        .subject("dev-1")
        .expirationTime(at(60));
  }

  private static Date at(int seconds) {
    return Date.from(NOW.plusSeconds(seconds));
  }

  private static String hs256(JWTClaimsSet.Builder claims) throws Exception {
    return sign(JWSAlgorithm.HS256, null, new MACSigner(SECRET), claims);
  }

  private static String sign(
      JWSAlgorithm algorithm, String keyId, JWSSigner signer, JWTClaimsSet.Builder claims)
      throws Exception {
    SignedJWT token =
        new SignedJWT(new JWSHeader.Builder(algorithm).keyID(keyId).build(), claims.build());
    token.sign(signer);
    return token.serialize();
  }

  /** Another claim under the same signature. */
  private static String changed(String token) {
    String[] parts = token.split("\\.", -1);
    String claims = Base64URL.from(parts[1]).decodeToString().replace("dev-1", "dev-9");
    return parts[0] + "." + Base64URL.encode(claims) + "." + parts[2];
  }

  private static AuthDecision ask(JwtAuthenticator jwt, String password) {
    return jwt.authenticate(Attempts.of("dev-1", "user", password)).toCompletableFuture().join();
  }

  private JwtAuthenticator withSecret(String clientIdClaim) {
    return open(null, SECRET, clientIdClaim, Duration.ofSeconds(30));
  }

  private JwtAuthenticator withKeys(JWK... keys) throws Exception {
    write(keys);
    return open(
        directory.resolve("jwks.json").toUri().toString(), null, null, Duration.ofSeconds(30));
  }

  private void write(JWK... keys) throws Exception {
    Files.writeString(directory.resolve("jwks.json"), new JWKSet(List.of(keys)).toString(true));
  }

  private JwtAuthenticator open(
      String url, String secret, String clientIdClaim, Duration timeLimit) {
    JwtConfig config =
        new JwtConfig(
            url,
            null,
            secret,
            "us",
            "mqtt",
            clientIdClaim,
            null,
            true,
            Duration.ofSeconds(5),
            Duration.ofMillis(1),
            timeLimit);
    JwtAuthenticator jwt =
        new JwtAuthenticator(
            config,
            new JwtKeys(config, TrustedAuthorities.context("", null)),
            Clock.fixed(NOW, ZoneOffset.UTC));
    open.add(jwt);
    return jwt;
  }
}
