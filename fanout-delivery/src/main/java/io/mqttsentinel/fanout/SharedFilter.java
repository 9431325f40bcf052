package io.mqttsentinel.fanout;

/** The topic filter of a shared subscription, {@code $share/{group}/{filter}} (MQTT 5.0, 4.8.2). */
record SharedFilter(String group, String filter) {

  private static final String PREFIX = "$share/";

  static boolean isShared(String topicFilter) {
    return topicFilter.startsWith(PREFIX);
  }

  /** What decides which topics match: the filter inside, or all of one that is not shared. */
  static String matching(String topicFilter) {
    return isShared(topicFilter) ? of(topicFilter).filter() : topicFilter;
  }

  static SharedFilter of(String topicFilter) {
    int group = topicFilter.indexOf('/', PREFIX.length());
    return group < 0
        ? new SharedFilter(topicFilter.substring(PREFIX.length()), "")
        : new SharedFilter(
            topicFilter.substring(PREFIX.length(), group), topicFilter.substring(group + 1));
  }
}
