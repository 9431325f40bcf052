package io.mqttsentinel.edge;

/** The form of a shared subscription: {@code $share/{group}/{filter}} (MQTT 5.0, 4.8.2). */
final class SharedFilter {

  private static final String PREFIX = "$share/";

  private SharedFilter() {}

  static boolean isShared(String filter) {
    return filter.startsWith(PREFIX) || filter.equals("$share");
  }

  /** A group without wildcards, and something behind it (MQTT-4.8.2-1, MQTT-4.8.2-2). */
  static boolean isValid(String filter) {
    int slash = filter.indexOf('/', PREFIX.length());
    return slash > PREFIX.length()
        && slash < filter.length() - 1
        && !TopicCheck.hasWildcard(filter.substring(0, slash));
  }

  /** The filter that messages have to match; of a shared one what is behind its group. */
  static String inner(String filter) {
    return isShared(filter) ? filter.substring(filter.indexOf('/', PREFIX.length()) + 1) : filter;
  }
}
