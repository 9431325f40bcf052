package io.mqttsentinel.schemas;

/**
 * The topic filter of a shared subscription, {@code $share/{group}/{filter}} (MQTT 5.0, 4.8.2).
 *
 * @param group the name its members share
 * @param filter what messages have to match
 */
public record SharedFilter(String group, String filter) {

  private static final String NAME = "$share";
  private static final String PREFIX = NAME + "/";

  public static boolean isShared(String topicFilter) {
    return topicFilter.startsWith(PREFIX) || topicFilter.equals(NAME);
  }

  /** A group without wildcards, and something behind it (MQTT-4.8.2-1, MQTT-4.8.2-2). */
  public static boolean isValid(String topicFilter) {
    if (!isShared(topicFilter)) {
      return false;
    }
    SharedFilter shared = of(topicFilter);
    return !shared.group.isEmpty()
        && !shared.filter.isEmpty()
        && shared.group.indexOf('+') < 0
        && shared.group.indexOf('#') < 0;
  }

  /** What decides which topics match: the filter inside, or all of one that has none. */
  public static String matching(String topicFilter) {
    String inside = isShared(topicFilter) ? of(topicFilter).filter() : "";
    return inside.isEmpty() ? topicFilter : inside;
  }

  /**
   * @param topicFilter one that {@link #isShared}; what it lacks is empty
   */
  public static SharedFilter of(String topicFilter) {
    String rest = topicFilter.substring(Math.min(PREFIX.length(), topicFilter.length()));
    int slash = rest.indexOf('/');
    return slash < 0
        ? new SharedFilter(rest, "")
        : new SharedFilter(rest.substring(0, slash), rest.substring(slash + 1));
  }
}
