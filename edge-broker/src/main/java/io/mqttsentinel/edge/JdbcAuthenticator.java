package io.mqttsentinel.edge;

import com.zaxxer.hikari.HikariDataSource;
import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.edge.AuthDecision.Ignore;
import io.mqttsentinel.schemas.Permission;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Asks a table. The query runs on as many threads as the pool has connections, a hash that is made
 * to take long on a few others, so that neither stops an event loop; what takes too long, or finds
 * no place to wait, is a failure.
 */
final class JdbcAuthenticator implements Authenticator, TopicBackend, AutoCloseable {

  private static final AuthDecision BAD_CREDENTIALS =
      new Deny(new Refusal(ReasonCode.BAD_CREDENTIALS, "bad_credentials"));
  private static final AuthDecision OTHER_CLIENT_ID =
      new Deny(new Refusal(ReasonCode.NOT_AUTHORIZED, "client_id_not_allowed"));
  private static final AuthDecision UNUSABLE_NAME = new Deny(Refusal.NAME_UNUSABLE);
  private static final AuthDecision UNUSABLE_ACCOUNT = new Deny(Refusal.ACCOUNT_UNUSABLE);

  /** Hashed for a user that does not exist, until a real one shows what hashes cost here. */
  private static final StoredUser FIRST_DECOY = new StoredUser("0".repeat(64), "", false, null);

  private final HikariDataSource database;
  private final UserTable users;
  private final JdbcConfig config;
  private final ThreadPoolExecutor queries;
  private final ThreadPoolExecutor hashes;
  private final VerifiedPasswords verified;
  private final UnusableAccounts unusable = new UnusableAccounts();
  private volatile StoredUser decoy = FIRST_DECOY;

  JdbcAuthenticator(HikariDataSource database, JdbcConfig config, VerifiedPasswords verified) {
    this.database = database;
    this.users = new UserTable(database, config);
    this.config = config;
    this.verified = verified;
    this.queries = threads("edge-auth-query", config.connections(), config.maxPending());
    this.hashes = threads("edge-auth-hash", config.hashThreads(), config.maxPending());
  }

  @Override
  public String name() {
    return "jdbc";
  }

  @Override
  public CompletionStage<AuthDecision> authenticate(ConnectAttempt attempt) {
    if (attempt.username() == null || attempt.password() == null) {
      return CompletableFuture.completedStage(new Ignore());
    }
    CompletableFuture<AuthDecision> decision = new CompletableFuture<>();
    // Whoever gives up waiting leaves nothing to do behind: each step looks first.
    var _ =
        CompletableFuture.supplyAsync(() -> find(attempt.username(), decision), queries)
            .thenCompose(user -> decideWhereItFits(user, attempt, decision))
            .exceptionally(failure -> unusableOrFailed(failure, attempt))
            .whenComplete(
                (made, failure) -> {
                  if (failure == null) {
                    decision.complete(made);
                  } else {
                    decision.completeExceptionally(failure);
                  }
                });
    return decision.orTimeout(config.timeLimit().toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public boolean isAsked() {
    return config.topicQuery() != null;
  }

  @Override
  public CompletionStage<Boolean> isAllowed(ConnectAttempt client, TopicQuestion question) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    queries.execute(
        () -> {
          if (answer.isDone()) {
            return; // nobody waits for it any more
          }
          try {
            answer.complete(users.isAllowed(client.username(), client.clientId(), question));
          } catch (SQLException | RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer.orTimeout(config.timeLimit().toMillis(), TimeUnit.MILLISECONDS);
  }

  private Optional<StoredUser> find(String username, CompletableFuture<?> decision) {
    if (decision.isDone()) {
      return Optional.empty();
    }
    try {
      return users.find(username);
    } catch (SQLException e) {
      throw new CompletionException(e);
    }
  }

  /**
   * On the thread that asked, unless the hash takes long. Only who knows the password costs a
   * second query: a wrong one must not take longer than a name that does not exist.
   */
  private CompletionStage<AuthDecision> decideWhereItFits(
      Optional<StoredUser> user, ConnectAttempt attempt, CompletableFuture<?> decision) {
    String stored = user.orElse(decoy).passwordHash();
    if (decision.isDone() || verified.isQuick(stored, attempt.password().bytes())) {
      boolean known = isKnown(user, attempt, decision);
      return CompletableFuture.completedStage(
          known ? admit(user.orElseThrow(), attempt) : BAD_CREDENTIALS);
    }
    return CompletableFuture.supplyAsync(() -> isKnown(user, attempt, decision), hashes)
        .thenCompose(
            known ->
                known
                    ? CompletableFuture.supplyAsync(
                        () -> admit(user.orElseThrow(), attempt), queries)
                    : CompletableFuture.completedStage(BAD_CREDENTIALS));
  }

  /** Whether there is such a user, and that is the password. */
  private boolean isKnown(
      Optional<StoredUser> user, ConnectAttempt attempt, CompletableFuture<?> decision) {
    if (decision.isDone()) {
      return false; // nobody waits for it
    }
    StoredUser asked = user.orElse(decoy);
    boolean matches =
        verified.matches(asked.passwordHash(), asked.salt(), attempt.password().bytes());
    user.ifPresent(known -> decoy = known);
    return user.isPresent() && matches;
  }

  private AuthDecision admit(StoredUser user, ConnectAttempt attempt) {
    if (user.clientId() != null && !user.clientId().equals(attempt.clientId())) {
      return OTHER_CLIENT_ID;
    }
    List<Permission> rules = rules(attempt.username());
    if (rules.isEmpty()) {
      return new Allow(Grant.usual(attempt.clientId(), user.superuser(), Map.of(), null));
    }
    return Placeholders.fill(rules, attempt.clientId(), attempt.username())
        .map(permissions -> allow(user, permissions))
        .orElse(UNUSABLE_NAME);
  }

  private List<Permission> rules(String username) {
    try {
      return users.rules(username);
    } catch (SQLException e) {
      throw new CompletionException(e);
    }
  }

  private static AuthDecision allow(StoredUser user, List<Permission> permissions) {
    return new Allow(Grant.of(permissions, user.superuser(), Map.of(), null));
  }

  /** One account that makes no sense must not be taken for a database that fails. */
  private AuthDecision unusableOrFailed(Throwable failure, ConnectAttempt attempt) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (!(cause instanceof IllegalArgumentException)) {
      throw new CompletionException(cause);
    }
    var _ = unusable.name(attempt.username(), cause.getMessage());
    return UNUSABLE_ACCOUNT;
  }

  private static ThreadPoolExecutor threads(String name, int count, int queue) {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            count,
            count,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(queue),
            Thread.ofPlatform().name(name + "-", 0).daemon().factory());
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  @Override
  public void close() {
    queries.shutdownNow();
    hashes.shutdownNow();
    database.close();
  }
}
