package io.mqttsentinel.runtime;

import java.time.Duration;

/** Checks of configuration values; each failure names the key, the value and what was expected. */
public final class ConfigCheck {

  private ConfigCheck() {}

  public static void atLeast(String key, long value, long least) {
    require(value >= least, key, value, "at least " + least);
  }

  public static void between(String key, long value, long least, long most) {
    require(value >= least && value <= most, key, value, "between " + least + " and " + most);
  }

  public static void between(String key, double value, double least, double most) {
    require(value >= least && value <= most, key, value, "between " + least + " and " + most);
  }

  public static void positive(String key, Duration value) {
    require(!value.isNegative() && !value.isZero(), key, value, "a positive duration such as 5s");
  }

  public static void notBlank(String key, String value) {
    require(value != null && !value.isBlank(), key, value, "a value");
  }

  /**
   * Any other condition.
   *
   * @throws IllegalArgumentException if it does not hold
   */
  public static void require(boolean holds, String key, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(
          "configuration %s is '%s', expected %s".formatted(key, value, expected));
    }
  }
}
