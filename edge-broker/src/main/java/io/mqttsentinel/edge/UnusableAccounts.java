package io.mqttsentinel.edge;

import io.mqttsentinel.runtime.PrintableText;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names accounts that make no sense in the log, each once and not without end: where a database
 * does not mind upper and lower case, one account has many names. For any thread.
 */
final class UnusableAccounts {

  private static final Logger LOG = LoggerFactory.getLogger(UnusableAccounts.class);
  private static final int MOST = 1000;
  private static final int LONGEST_NAME = 256;

  private final Set<String> named = ConcurrentHashMap.newKeySet();

  /** False: it was named before, or too many were. */
  boolean name(String username, String reason) {
    if (named.size() >= MOST || !named.add(username)) {
      return false;
    }
    LOG.warn("The account '{}' cannot be used: {}", printable(username), reason);
    return true;
  }

  /** The beginning, on one line. */
  static String printable(String name) {
    return PrintableText.of(name, LONGEST_NAME);
  }
}
