package io.mqttsentinel.edge;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import io.micronaut.core.annotation.Nullable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that tokens are signed with. Those of a URL are kept, read again from time to time, and
 * also for a key that is not known, though not more often than every few seconds; while they cannot
 * be read the old ones count. May block.
 */
final class JwtKeys {

  private static final Logger LOG = LoggerFactory.getLogger(JwtKeys.class);
  private static final Duration SOONEST = Duration.ofSeconds(5);
  private static final int LARGEST = 1 << 20;
  private static final Set<JWSAlgorithm> ASYMMETRIC =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.ES256,
          JWSAlgorithm.EdDSA,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private final JwtConfig config;
  private final HttpClient http;
  private final ReentrantLock reading = new ReentrantLock();
  private volatile JWKSet keys;
  private volatile long readAt;
  private volatile long triedAt;

  JwtKeys(JwtConfig config, SSLContext tls) {
    this.config = config;
    this.http = HttpClient.newBuilder().sslContext(tls).connectTimeout(config.timeLimit()).build();
  }

  /**
   * Whether the signature is by one of the keys.
   *
   * @throws IllegalStateException if there are no keys because they cannot be read
   */
  boolean verifies(SignedJWT token) throws JOSEException {
    JWSHeader header = token.getHeader();
    if (config.secret() != null) {
      // The algorithm is what we expect, never what the token would like (RFC 8725, 3.1).
      return header.getAlgorithm().equals(JWSAlgorithm.HS256)
          && token.verify(new MACVerifier(config.secret().getBytes(StandardCharsets.UTF_8)));
    }
    if (!ASYMMETRIC.contains(header.getAlgorithm())) {
      return false;
    }
    List<JWK> fitting = fitting(header, current(false));
    if (fitting.isEmpty()) {
      fitting = fitting(header, current(true));
    }
    for (JWK key : fitting) {
      if (token.verify(verifier(key))) {
        return true;
      }
    }
    return false;
  }

  private static List<JWK> fitting(JWSHeader header, JWKSet keys) {
    return new JWKSelector(JWKMatcher.forJWSHeader(header)).select(keys);
  }

  private static JWSVerifier verifier(JWK key) throws JOSEException {
    return switch (key) {
      case RSAKey rsa -> new RSASSAVerifier(rsa);
      case ECKey ec -> new ECDSAVerifier(ec);
      case OctetKeyPair edwards -> new EdwardsVerifier(edwards);
      default -> throw new JOSEException("a key of a type that signs nothing here");
    };
  }

  private JWKSet current(boolean unknownKey) {
    long now = System.nanoTime();
    JWKSet known = keys;
    Duration age = Duration.ofNanos(now - readAt);
    boolean old = known == null || age.compareTo(config.refresh()) > 0 || unknownKey;
    if (!old) {
      return known;
    }
    Duration pause = SOONEST.compareTo(config.refresh()) < 0 ? SOONEST : config.refresh();
    if (triedAt != 0 && Duration.ofNanos(now - triedAt).compareTo(pause) < 0) {
      return known(known);
    }
    if (!mayRead(known)) {
      if (unknownKey) {
        throw new IllegalStateException("the keys are being read, one that is needed is missing");
      }
      return known(keys); // the old ones are good enough meanwhile
    }
    try {
      if (triedAt == 0 || triedAt - now < 0) {
        triedAt = System.nanoTime();
        keys = read();
        readAt = triedAt;
      }
    } catch (IOException | ParseException | RuntimeException e) {
      LOG.warn("The keys at {} cannot be read: {}", config.jwksUrl(), e.toString());
    } finally {
      reading.unlock();
    }
    return known(keys);
  }

  /** Only one thread reads; others wait for it only where there is nothing else to go by. */
  private boolean mayRead(@Nullable JWKSet known) {
    try {
      return known == null
          ? reading.tryLock(config.timeLimit().toNanos(), TimeUnit.NANOSECONDS)
          : reading.tryLock();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static JWKSet known(@Nullable JWKSet keys) {
    if (keys == null) {
      throw new IllegalStateException("there are no keys to check tokens with");
    }
    return keys;
  }

  private JWKSet read() throws IOException, ParseException {
    URI source = URI.create(config.jwksUrl());
    if (source.getScheme().equals("file")) {
      return JWKSet.parse(Files.readString(Path.of(source)));
    }
    HttpResponse<String> response = get(source);
    if (response.statusCode() != HttpDialect.OK) {
      throw new IOException("HTTP status " + response.statusCode());
    }
    return JWKSet.parse(response.body());
  }

  /** The time limit is for the answer as a whole; that of a request ends with the headers. */
  private HttpResponse<String> get(URI source) throws IOException {
    CompletableFuture<HttpResponse<String>> answer =
        http.sendAsync(
            HttpRequest.newBuilder(source).build(),
            BodyHandlers.limiting(BodyHandlers.ofString(), LARGEST));
    try {
      return answer.get(config.timeLimit().toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("no whole answer within " + config.timeLimit(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      answer.cancel(true);
    }
  }
}
