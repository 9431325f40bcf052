package io.mqttsentinel.edge;

import com.github.benmanes.caffeine.cache.Ticker;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures authentication decisions on a fixed schedule, from when each was due: a cold cache
 * against a database with users {@code dev-0} to {@code dev-N} and the password {@code pw}, then
 * the same attempts again from the cache. Arguments: JDBC URL, account, password, users, decisions
 * a second, seconds.
 */
final class AuthDecisionCost {

  private final Authentication authentication;
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger hits = new AtomicInteger();

  private AuthDecisionCost(JdbcAuthenticator authenticator) {
    AuthCacheConfig config =
        new AuthCacheConfig(
            Duration.ofMinutes(10),
            Duration.ofSeconds(3),
            Duration.ofMinutes(10),
            0.2,
            1_000_000,
            Duration.ofMinutes(5),
            List.of(),
            Duration.ZERO);
    this.authentication =
        new Authentication(
            Map.of(Listener.TCP, new AuthenticatorChain(List.of(authenticator))),
            new AuthCache(config, Clock.systemUTC(), Ticker.systemTicker()),
            new SuspectQueue(1, Integer.MAX_VALUE, 1, Duration.ofSeconds(1)));
  }

  public static void main(String[] arguments) throws InterruptedException {
    int users = Integer.parseInt(arguments[3]);
    int rate = Integer.parseInt(arguments[4]);
    int count = rate * Integer.parseInt(arguments[5]);
    HikariConfig pool = new HikariConfig();
    pool.setJdbcUrl(arguments[0]);
    pool.setUsername(arguments[1]);
    pool.setPassword(arguments[2]);
    pool.setMaximumPoolSize(8);
    pool.setReadOnly(true);
    JdbcConfig config =
        new JdbcConfig(
            arguments[0],
            arguments[1],
            arguments[2],
            "SELECT password_hash, salt, is_superuser, client_id FROM mqtt_user WHERE username = ?",
            "SELECT permission, action, topic FROM mqtt_acl WHERE username = ? ORDER BY position",
            null,
            8,
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            2,
            5000);
    try (JdbcAuthenticator jdbc =
        new JdbcAuthenticator(
            new HikariDataSource(pool),
            config,
            new VerifiedPasswords(Duration.ZERO, 1, Ticker.systemTicker()))) {
      AuthDecisionCost cost = new AuthDecisionCost(jdbc);
      cost.run("warming up", new Random(2).ints(count, 0, users).toArray(), rate);
      int[] attempts = new Random(1).ints(count, 0, users).toArray();
      cost.run("miss", attempts, rate);
      cost.run("hit", attempts, rate);
    }
  }

  private void run(String name, int[] attempts, int rate) throws InterruptedException {
    long[] took = new long[attempts.length];
    CountDownLatch open = new CountDownLatch(attempts.length);
    refused.set(0);
    hits.set(0);
    long start = System.nanoTime();
    for (int i = 0; i < attempts.length; i++) {
      int place = i;
      long due = start + i * 1_000_000_000L / rate;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      var _ =
          authentication
              .authenticate(attempt("dev-" + attempts[i]), false)
              .thenAccept(
                  answer -> {
                    took[place] = System.nanoTime() - due;
                    if (!(answer.outcome().decision() instanceof AuthDecision.Allow)) {
                      refused.incrementAndGet();
                    }
                    if (answer.source() == AuthCache.Source.HIT) {
                      hits.incrementAndGet();
                    }
                    open.countDown();
                  });
    }
    open.await();
    Arrays.sort(took);
    System.out.printf(
        Locale.ROOT,
        "%s: %d decisions at %d/s, %d from the cache, %d refused; p50 %.3f p95 %.3f p99 %.3f ms%n",
        name,
        took.length,
        rate,
        hits.get(),
        refused.get(),
        millis(took, 0.5),
        millis(took, 0.95),
        millis(took, 0.99));
  }

  private static double millis(long[] sorted, double share) {
    return sorted[(int) (share * (sorted.length - 1))] / 1e6;
  }

  private static ConnectAttempt attempt(String name) {
    return new ConnectAttempt(
        name,
        name,
        new Password("pw".getBytes(StandardCharsets.UTF_8)),
        "192.0.2.1:1",
        null,
        Listener.TCP);
  }
}
