package io.mqttsentinel.e2e;

import java.util.List;
import java.util.Map;

/**
 * What a fault run found.
 *
 * @param withoutVerdict arrived, but not in messages.cleared
 * @param wrong what must never happen, in words: a message without a subscription, a session that
 *     is gone, a packet id that is used twice, a refusal
 * @param copies of QoS 1 messages: allowed, and counted
 */
record FaultReport(
    String command,
    int acknowledged,
    int arrived,
    List<String> lost,
    List<String> repeatedOnce,
    List<String> outOfOrder,
    List<String> withoutVerdict,
    List<String> wrong,
    int copies,
    Map<String, Pauses.Cost> pauses) {

  private static final int MOST_SHOWN = 20;

  boolean isClean() {
    return lost.isEmpty()
        && repeatedOnce.isEmpty()
        && outOfOrder.isEmpty()
        && withoutVerdict.isEmpty()
        && wrong.isEmpty();
  }

  String markdown() {
    StringBuilder text = new StringBuilder();
    text.append("`").append(command).append("`\n\n");
    text.append("| what | messages |\n|---|---|\n");
    row(text, "acknowledged to publishers", acknowledged);
    row(text, "arrived at subscribers", arrived);
    row(text, "acknowledged and lost", lost.size());
    row(text, "QoS 2 delivered more than once", repeatedOnce.size());
    row(text, "out of order", outOfOrder.size());
    row(text, "delivered without a verdict", withoutVerdict.size());
    row(text, "otherwise wrong", wrong.size());
    row(text, "QoS 1 copies (allowed)", copies);
    text.append("\n| killed | times | median of the longest pauses | longest pause |\n");
    text.append("|---|---|---|---|\n");
    pauses.forEach(
        (kind, cost) ->
            text.append(
                "| %s | %d | %.1f s | %.1f s |%n"
                    .formatted(
                        kind,
                        cost.faults(),
                        cost.medianMillis() / 1000.0,
                        cost.longestMillis() / 1000.0)));
    return text.toString();
  }

  /** The first of everything that is not as it must be. */
  String details() {
    StringBuilder text = new StringBuilder();
    list(text, "lost", lost);
    list(text, "more than once", repeatedOnce);
    list(text, "out of order", outOfOrder);
    list(text, "without a verdict", withoutVerdict);
    list(text, "wrong", wrong);
    return text.toString();
  }

  private static void row(StringBuilder text, String what, int count) {
    text.append("| ").append(what).append(" | ").append(count).append(" |\n");
  }

  private static void list(StringBuilder text, String what, List<String> all) {
    all.stream().limit(MOST_SHOWN).forEach(one -> text.append(what + ": " + one + "\n"));
    if (all.size() > MOST_SHOWN) {
      text.append("%s: and %d more%n".formatted(what, all.size() - MOST_SHOWN));
    }
  }
}
