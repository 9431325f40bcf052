package io.mqttsentinel.edge;

import com.github.benmanes.caffeine.cache.Ticker;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.mqttsentinel.runtime.ServiceMetrics;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is asked whether a client may connect. */
@Factory
final class AuthFactory {

  private static final Logger LOG = LoggerFactory.getLogger(AuthFactory.class);
  private static final Duration LONGEST_SUSPICION = Duration.ofSeconds(5);
  private static final Duration SHORTEST_MEMORY = Duration.ofSeconds(1);

  @Singleton
  Authentication authentication(
      List<Authenticator> authenticators,
      AuthConfig config,
      AuthCacheConfig cacheConfig,
      AbuseConfig abuse,
      EdgeConfig edge,
      ServiceMetrics metrics,
      Clock clock) {
    Map<String, Authenticator> configured = new LinkedHashMap<>();
    EdgeMetrics edgeMetrics = new EdgeMetrics(metrics.registry());
    for (Authenticator authenticator : authenticators) {
      configured.put(
          authenticator.name(), guarded(authenticator, config, cacheConfig, edgeMetrics));
    }
    Map<Listener, AuthenticatorChain> chains = new EnumMap<>(Listener.class);
    for (Listener listener : Listener.values()) {
      List<Authenticator> asked = config.chainOf(listener, configured);
      chains.put(listener, new AuthenticatorChain(asked));
      if (asked.isEmpty() && listener.isOn(edge)) {
        LOG.warn("No authenticator decides on {}: every CONNECT is denied there", listener.key());
      }
    }
    AuthCache cache = new AuthCache(cacheConfig, clock, Ticker.systemTicker());
    edgeMetrics.gauge(
        "sentinel.edge.auth.cache.size", "Decisions that are remembered", cache::size);
    SuspectQueue suspects =
        new SuspectQueue(
            abuse.suspectsAtOnce(),
            abuse.suspectsPerSecond(),
            abuse.suspectsWaiting(),
            LONGEST_SUSPICION);
    return new Authentication(chains, cache, suspects);
  }

  /** Those that ask a backend are kept from wearing it down. */
  private static Authenticator guarded(
      Authenticator authenticator, AuthConfig config, AuthCacheConfig cache, EdgeMetrics metrics) {
    if (!(authenticator instanceof JdbcAuthenticator)
        && !(authenticator instanceof HttpAuthenticator)) {
      return authenticator;
    }
    GuardedAuthenticator guarded = new GuardedAuthenticator(authenticator, config);
    metrics.breaker(guarded);
    return authenticator instanceof TopicBackend topics && topics.isAsked()
        ? new AskingAuthenticator(guarded, client -> asked(client, topics, guarded, cache, metrics))
        : guarded;
  }

  private static AskedTopics asked(
      ConnectAttempt client,
      TopicBackend topics,
      GuardedAuthenticator guarded,
      AuthCacheConfig cache,
      EdgeMetrics metrics) {
    return new AskedTopics(
        question ->
            guarded
                .call(() -> topics.isAllowed(client, question), allowed -> false)
                .whenComplete(
                    (allowed, failure) -> metrics.topicAsked(topics.name(), allowed, failure)),
        longer(cache.positive()),
        longer(cache.negative()),
        System::nanoTime);
  }

  /** Who waits for an answer has to find it. */
  private static Duration longer(Duration remembered) {
    return remembered.compareTo(SHORTEST_MEMORY) < 0 ? SHORTEST_MEMORY : remembered;
  }

  @Singleton
  @Requires(property = "sentinel.edge.anonymous.enabled", value = "true")
  AnonymousAuthenticator anonymousAuthenticator(AnonymousConfig config, EdgeConfig edge) {
    AnonymousConfig.requireLoopback(edge.host());
    LOG.warn(
        "OPEN: anybody on this machine may connect to this edge without a password"
            + " (sentinel.edge.anonymous.enabled)");
    return new AnonymousAuthenticator(config);
  }

  @Singleton
  @Bean(preDestroy = "close")
  @Requires(property = "sentinel.edge.jdbc.url")
  JdbcAuthenticator jdbcAuthenticator(JdbcConfig config, AuthCacheConfig cache) {
    HikariConfig pool = new HikariConfig();
    pool.setPoolName("edge-auth");
    pool.setJdbcUrl(config.url());
    pool.setUsername(config.username());
    pool.setPassword(config.password());
    pool.setMaximumPoolSize(config.connections());
    pool.setConnectionTimeout(config.connectTimeout().toMillis());
    pool.setReadOnly(true);
    // A database that is away denies; it does not keep the edge from starting.
    pool.setInitializationFailTimeout(-1);
    return new JdbcAuthenticator(
        new HikariDataSource(pool),
        config,
        new VerifiedPasswords(cache.verified(), cache.maxEntries(), Ticker.systemTicker()));
  }

  @Singleton
  @Bean(preDestroy = "close")
  @Requires(property = "sentinel.edge.http.url")
  HttpAuthenticator httpAuthenticator(HttpAuthConfig config) {
    return new HttpAuthenticator(
        config, TrustedAuthorities.context("sentinel.edge.http.authorities", config.authorities()));
  }

  @Singleton
  @Requires(property = "sentinel.edge.certificate.enabled", value = "true")
  CertificateAuthenticator certificateAuthenticator(CertificateAuthConfig config) {
    return new CertificateAuthenticator(config);
  }

  @Singleton
  @Bean(preDestroy = "close")
  @Requires(property = "sentinel.edge.jwt.jwks-url")
  JwtAuthenticator jwtByPublicKeys(JwtConfig config, Clock clock) {
    return jwt(config, clock);
  }

  @Singleton
  @Bean(preDestroy = "close")
  @Requires(property = "sentinel.edge.jwt.secret")
  JwtAuthenticator jwtBySecret(JwtConfig config, Clock clock) {
    return jwt(config, clock);
  }

  private static JwtAuthenticator jwt(JwtConfig config, Clock clock) {
    SSLContext tls =
        TrustedAuthorities.context("sentinel.edge.jwt.jwks-authorities", config.jwksAuthorities());
    return new JwtAuthenticator(config, new JwtKeys(config, tls), clock);
  }
}
