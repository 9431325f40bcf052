package io.mqttsentinel.allinone;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether the demo showed what it is to show.
 *
 * @param failures what is missing or wrong, one line each; empty is success
 */
record DemoVerdict(List<String> failures) {

  private static final int MOST_OF_A_KIND = 10;

  DemoVerdict {
    failures = List.copyOf(failures);
  }

  /**
   * Judges by what was noted.
   *
   * @param trouble what went wrong in the demo itself, such as a device that lost its connection
   */
  static DemoVerdict of(AlertLedger alerts, List<Attempt> attempts, List<String> trouble) {
    List<String> failures = new ArrayList<>();
    if (alerts.sent() == 0) {
      failures.add("no alert was sent");
    }
    add(failures, "did not arrive", alerts.missing());
    add(failures, "went to the wrong device", alerts.misdelivered());
    for (Attack attack : Attack.values()) {
      if (attempts.stream().noneMatch(attempt -> attempt.attack() == attack)) {
        failures.add("%s was not tried".formatted(attack.title()));
      }
    }
    attempts.stream().map(Attempt::missing).flatMap(Optional::stream).forEach(failures::add);
    failures.addAll(trouble);
    return new DemoVerdict(failures);
  }

  boolean passed() {
    return failures.isEmpty();
  }

  private static void add(List<String> failures, String what, List<String> alerts) {
    alerts.stream().limit(MOST_OF_A_KIND).map(a -> a + " " + what).forEach(failures::add);
    if (alerts.size() > MOST_OF_A_KIND) {
      failures.add("%d more alerts %s".formatted(alerts.size() - MOST_OF_A_KIND, what));
    }
  }
}
