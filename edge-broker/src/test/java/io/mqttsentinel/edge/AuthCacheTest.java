package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.edge.AuthCache.Source;
import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.edge.AuthenticatorChain.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class AuthCacheTest {

  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final Outcome ALLOWED = allowed(null, null);
  private static final Outcome DENIED =
      new Outcome("jdbc", new Deny(new Refusal(ReasonCode.BAD_CREDENTIALS, "no")), false);
  private static final Outcome FAILED =
      new Outcome("jdbc", new Deny(new Refusal(ReasonCode.SERVER_UNAVAILABLE, "failed")), true);

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger asked = new AtomicInteger();
  private final AuthCache cache =
      cache(
          new AuthCacheConfig(s(60), s(3), s(600), 0.2, 1000, s(300), List.of(Listener.TLS), s(0)));

  private AuthCache cache(AuthCacheConfig config) {
    return new AuthCache(config, Clock.fixed(NOW, ZoneOffset.UTC), nanos::get);
  }

  private static Outcome allowed(Instant expiry, Duration cacheFor) {
    Grant grant = Grant.of(List.of(), false, Map.of(), expiry);
    return new Outcome("jdbc", new Allow(grant, cacheFor), false);
  }

  @Test
  void rememberedForLittleLessThanItsTime() {
    assertEquals(Source.MISS, ask("c", "u", "p", ALLOWED));
    pass(s(47));
    assertEquals(Source.HIT, ask("c", "u", "p", DENIED));
    pass(s(14));
    assertEquals(Source.MISS, ask("c", "u", "p", DENIED), "a minute is over");
    pass(Duration.ofMillis(2900));
    assertEquals(Source.HIT, ask("c", "u", "p", ALLOWED));
    pass(Duration.ofMillis(101));
    assertEquals(Source.MISS, ask("c", "u", "p", ALLOWED));
    assertEquals(3, asked.get());
  }

  @Test
  void everyInputCounts() {
    ask("c", "u", "p", ALLOWED);
    assertEquals(Source.MISS, ask("c2", "u", "p", ALLOWED));
    assertEquals(Source.MISS, ask("c", "u2", "p", ALLOWED));
    assertEquals(Source.MISS, ask("c", "u", "p2", ALLOWED));
    assertEquals(Source.MISS, ask("c", "u", null, ALLOWED));
    assertEquals(Source.MISS, ask("cu", "", "p", ALLOWED), "names do not run into each other");
    assertEquals(
        Source.MISS, ask(Attempts.of(Listener.TLS, "c", "u", "p"), () -> done(ALLOWED)).source());
    ConnectAttempt elsewhere =
        new ConnectAttempt(
            "c", "u", Attempts.of("c", "u", "p").password(), "192.0.2.8:1", null, Listener.TCP);
    assertEquals(Source.MISS, ask(elsewhere, () -> done(ALLOWED)).source());
    assertEquals(Source.HIT, ask("c", "u", "p", DENIED));
  }

  @Test
  void backendMaySayHowLongAndTheGrantToo() {
    ask("c", "u", "p", allowed(null, s(10)));
    pass(s(11));
    assertEquals(Source.MISS, ask("c", "u", "p", allowed(NOW.plusSeconds(5), null)));
    pass(s(6));
    assertEquals(Source.MISS, ask("c", "u", "p", allowed(null, s(86_400))));
    pass(s(601));
    assertEquals(Source.MISS, ask("c", "u", "p", allowed(null, Duration.ZERO)));
    assertEquals(Source.MISS, ask("c", "u", "p", ALLOWED), "not to be remembered at all");
  }

  @Test
  void failuresAreNotRemembered() {
    assertEquals(Source.MISS, ask("c", "u", "p", FAILED));
    assertEquals(Source.MISS, ask("c", "u", "p", ALLOWED));
  }

  @Test
  void manyWhoAskTheSameAreAskedAboutOnce() {
    CompletableFuture<Outcome> open = new CompletableFuture<>();
    ConnectAttempt attempt = Attempts.of("c", "u", "p");
    var first = cache.get(attempt, () -> count(open)).toCompletableFuture();
    var second = cache.get(attempt, () -> count(open)).toCompletableFuture();
    open.complete(FAILED);
    assertSame(FAILED, first.join().outcome());
    assertSame(FAILED, second.join().outcome());
    assertEquals(1, asked.get());
    assertEquals(Source.MISS, ask("c", "u", "p", ALLOWED), "nobody waits for ever");
  }

  @Test
  void questionThatBreaksDoesNotBlockTheNext() {
    ConnectAttempt attempt = Attempts.of("c", "u", "p");
    var broken =
        cache.get(
            attempt,
            () -> {
              throw new IllegalStateException("broken");
            });
    assertTrue(broken.toCompletableFuture().isCompletedExceptionally());
    assertEquals(Source.MISS, ask("c", "u", "p", ALLOWED));
  }

  @Test
  void forgetsOneClientOneUserOrAll() {
    ask("c1", "u1", "p", ALLOWED);
    ask("c2", "u2", "p", ALLOWED);
    cache.forget("c1", null);
    assertEquals(Source.MISS, ask("c1", "u1", "p", ALLOWED));
    assertEquals(Source.HIT, ask("c2", "u2", "p", ALLOWED));
    cache.forget(null, "u2");
    assertEquals(Source.HIT, ask("c1", "u1", "p", ALLOWED));
    assertEquals(Source.MISS, ask("c2", "u2", "p", ALLOWED));
    cache.forget(null, null);
    assertEquals(Source.MISS, ask("c1", "u1", "p", ALLOWED));
  }

  @Test
  void questionThatWasOpenWhenItWasRevokedIsAskedAnewByAllWhoWait() {
    CompletableFuture<Outcome> old = new CompletableFuture<>();
    CompletableFuture<Outcome> current = new CompletableFuture<>();
    List<CompletableFuture<AuthCache.Answer>> before = List.of(start(old), start(current));
    cache.forget(null, "u");
    CompletableFuture<AuthCache.Answer> after = start(current);
    old.complete(ALLOWED);
    assertFalse(after.isDone(), "the old answer is not for who asks after it was revoked");
    for (CompletableFuture<AuthCache.Answer> waiting : before) {
      assertFalse(waiting.isDone(), "nor for who asked before");
    }
    current.complete(DENIED);
    assertSame(DENIED, after.join().outcome());
    for (CompletableFuture<AuthCache.Answer> waiting : before) {
      assertSame(DENIED, waiting.join().outcome());
    }
    assertEquals(2, asked.get(), "once before it was revoked, once after");
    assertEquals(Source.HIT, ask("c", "u", "p", ALLOWED), "the new answer is remembered");
  }

  @Test
  void questionAboutOthersIsLeftAlone() {
    CompletableFuture<Outcome> open = new CompletableFuture<>();
    CompletableFuture<AuthCache.Answer> waiting = start(open);
    cache.forget(null, "other");
    cache.forget("other", null);
    open.complete(ALLOWED);
    assertSame(ALLOWED, waiting.join().outcome());
    assertEquals(Source.HIT, ask("c", "u", "p", DENIED));
  }

  @Test
  void whatWasAllowedBeforeItWasRevokedDoesNotHoldOnEither() {
    ConnectAttempt attempt = Attempts.of(Listener.TLS, "c", "u", "p");
    CompletableFuture<Outcome> old = new CompletableFuture<>();
    Iterator<CompletableFuture<Outcome>> answers =
        List.of(old, CompletableFuture.completedFuture(FAILED)).iterator();
    var waiting = cache.get(attempt, answers::next).toCompletableFuture();
    cache.forget("c", null);
    old.complete(ALLOWED);
    assertSame(FAILED, waiting.join().outcome());
    assertEquals(Source.MISS, ask(attempt, () -> done(FAILED)).source());
  }

  private CompletableFuture<AuthCache.Answer> start(CompletableFuture<Outcome> answer) {
    return cache.get(Attempts.of("c", "u", "p"), () -> count(answer)).toCompletableFuture();
  }

  @Test
  void whereAListenerAllowsItTheLastAnswerHoldsOnForAWhile() {
    ConnectAttempt attempt = Attempts.of(Listener.TLS, "c", "u", "p");
    ask(attempt, () -> done(ALLOWED));
    pass(s(61));
    var stale = ask(attempt, () -> done(FAILED));
    assertEquals(Source.STALE, stale.source());
    assertInstanceOf(Allow.class, stale.outcome().decision());
    pass(s(240));
    assertEquals(Source.MISS, ask(attempt, () -> done(FAILED)).source(), "five minutes are over");

    ask(attempt, () -> done(ALLOWED));
    pass(s(61));
    ask(attempt, () -> done(DENIED));
    pass(s(4));
    assertEquals(Source.MISS, ask(attempt, () -> done(FAILED)).source(), "it was denied since");

    ask(attempt, () -> done(ALLOWED));
    pass(s(61));
    cache.forget("c", null);
    assertEquals(Source.MISS, ask(attempt, () -> done(FAILED)).source(), "it was revoked since");
  }

  @Test
  void elsewhereAFailureDenies() {
    ask("c", "u", "p", ALLOWED);
    pass(s(61));
    assertEquals(Source.MISS, ask("c", "u", "p", FAILED));
  }

  private Source ask(String client, String user, String password, Outcome answer) {
    return ask(Attempts.of(client, user, password), () -> done(answer)).source();
  }

  private AuthCache.Answer ask(ConnectAttempt attempt, Supplier<CompletionStage<Outcome>> ask) {
    return cache.get(attempt, () -> count(ask.get())).toCompletableFuture().join();
  }

  private CompletionStage<Outcome> count(CompletionStage<Outcome> answer) {
    asked.incrementAndGet();
    return answer;
  }

  private static CompletionStage<Outcome> done(Outcome outcome) {
    return CompletableFuture.completedStage(outcome);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private static Duration s(int seconds) {
    return Duration.ofSeconds(seconds);
  }
}
