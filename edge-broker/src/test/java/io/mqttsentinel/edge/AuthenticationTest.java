package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Who waits, who is refused, and who is let in at once. */
class AuthenticationTest {

  private static final AuthDecision LET_IN =
      new AuthDecision.Allow(Grant.usual("good", false, Map.of(), null));

  private final List<CompletableFuture<AuthDecision>> asked = new ArrayList<>();
  private final AuthCache cache =
      new AuthCache(
          new AuthCacheConfig(
              Duration.ofMinutes(1),
              Duration.ofSeconds(3),
              Duration.ofMinutes(10),
              0,
              1_000,
              Duration.ofMinutes(5),
              List.of(),
              Duration.ZERO),
          Clock.systemUTC(),
          Ticker.systemTicker());
  private final Authentication authentication =
      new Authentication(
          Map.of(Listener.TCP, new AuthenticatorChain(List.of(new Backend()))),
          cache,
          new SuspectQueue(1, Integer.MAX_VALUE, 1, Duration.ofMinutes(10)));

  private final class Backend implements Authenticator {
    @Override
    public String name() {
      return "backend";
    }

    @Override
    public CompletionStage<AuthDecision> authenticate(ConnectAttempt attempt) {
      CompletableFuture<AuthDecision> answer = new CompletableFuture<>();
      asked.add(answer);
      return answer;
    }
  }

  private CompletableFuture<AuthCache.Answer> login(String name, boolean suspect) {
    return authentication
        .authenticate(Attempts.of(name, name, "pw"), suspect)
        .toCompletableFuture();
  }

  @Test
  void othersAreAskedAboutWhileSuspectsWait() {
    var _ = login("bad-1", true);
    var _ = login("bad-2", true);
    assertEquals(1, asked.size());
    CompletableFuture<AuthCache.Answer> good = login("good", false);
    asked.get(1).complete(LET_IN);
    assertEquals(LET_IN, good.join().outcome().decision());
  }

  @Test
  void whoFindsNoPlaceLeavesNoTraceInTheCache() {
    var _ = login("bad-1", true);
    var _ = login("bad-2", true);
    long before = cache.size();
    for (int i = 3; i < 100; i++) {
      assertTrue(SuspectQueue.isCrowded(login("bad-" + i, true).join().outcome()));
    }
    assertEquals(before, cache.size());
    assertEquals(1, asked.size());
  }

  @Test
  void whoIsRememberedNeedsNoPlace() {
    CompletableFuture<AuthCache.Answer> first = login("good", false);
    asked.getFirst().complete(LET_IN);
    assertEquals(AuthCache.Source.MISS, first.join().source());
    var _ = login("bad-1", true);
    var _ = login("bad-2", true);
    CompletableFuture<AuthCache.Answer> again = login("good", true);
    assertFalse(SuspectQueue.isCrowded(again.join().outcome()));
    assertEquals(AuthCache.Source.HIT, again.join().source());
  }
}
