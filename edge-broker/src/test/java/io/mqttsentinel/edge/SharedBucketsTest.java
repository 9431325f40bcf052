package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class SharedBucketsTest {

  private static final long SECOND = 1_000_000_000L;

  @Property
  void neverMoreThanBurstAndRateAllow(
      @ForAll @IntRange(min = 1, max = 1000) int perSecond,
      @ForAll @Size(max = 300) List<@IntRange(min = 0, max = 100_000_000) Integer> pauses) {
    Rate rate = Rate.of(perSecond, Duration.ofSeconds(2));
    SharedBuckets buckets = new SharedBuckets(rate, 1);
    long now = 0;
    int taken = 0;
    for (int pause : pauses) {
      now += pause;
      if (buckets.take(7, now) == 0) {
        taken++;
      }
      double most = perSecond * (2 + now / (double) SECOND) + 1;
      assertTrue(taken <= most, taken + " of at most " + most);
    }
  }

  @Property
  void whoWaitsAsLongAsItIsToldGetsIt(@ForAll @IntRange(min = 1, max = 1000) int perSecond) {
    SharedBuckets buckets = new SharedBuckets(Rate.of(perSecond, Duration.ofSeconds(1)), 64);
    long wait = 0;
    while (wait == 0) {
      wait = buckets.take(1, 0);
    }
    assertEquals(0, buckets.take(1, wait));
  }

  @Example
  void aMillionAddressesCostNoMoreThanOneAndHurtNoStrangerMuch() {
    SharedBuckets buckets = new SharedBuckets(Rate.of(10, Duration.ofSeconds(1)), 1 << 17);
    // 2 000 attackers take all they can get.
    for (int attacker = 0; attacker < 2_000; attacker++) {
      for (int i = 0; i < 20; i++) {
        var _ = buckets.take(0x7000_0000_0000L + attacker, 0);
      }
    }
    long refused =
        IntStream.range(0, 1_000_000)
            .filter(stranger -> buckets.take(stranger * 31L, 1) > 0)
            .count();
    // Each stranger has both of its buckets full with (2000/131072)², and fills some itself.
    assertTrue(refused < 40_000, refused + " of a million strangers were refused");
  }

  @Example
  void whatIsLargerThanTheBucketPassesWhenItIsEmpty() {
    Rate rate = Rate.of(1000, Duration.ofSeconds(1));
    long full = rate.add(0, 0, 5000);
    assertEquals(5 * SECOND, full);
    assertTrue(rate.add(full, SECOND, 1) < 0);
    assertTrue(rate.add(full, 5 * SECOND, 1) > 0);
  }

  @Example
  void threadsShareABucketWithoutLosingCount() throws Exception {
    SharedBuckets buckets = new SharedBuckets(Rate.of(1000, Duration.ofSeconds(1)), 1);
    AtomicLong taken = new AtomicLong();
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      threads[t] =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < 2000; i++) {
                      if (buckets.take(1, 0) == 0) {
                        taken.incrementAndGet();
                      }
                    }
                  });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    // Two rows of a thousand; who finds one full may still find the other not.
    assertTrue(taken.get() >= 1000 && taken.get() <= 2000, "taken: " + taken.get());
  }

  @Example
  void isEmptyWhereNothingCanBeTakenAndTakesNothing() {
    SharedBuckets buckets = new SharedBuckets(Rate.of(1, Duration.ofSeconds(3)), 64);
    for (int i = 0; i < 3; i++) {
      assertEquals(false, buckets.isEmpty(7, 0));
      assertEquals(0, buckets.take(7, 0));
    }
    assertTrue(buckets.isEmpty(7, 0));
    assertTrue(buckets.isEmpty(7, 0), "also when asked again");
    assertEquals(false, buckets.isEmpty(7, SECOND), "one has drained");
    assertEquals(0, buckets.take(7, SECOND));
  }
}
