package io.mqttsentinel.anomaly;

import java.nio.ByteBuffer;

/**
 * At which hours of the day (UTC) a client speaks: for each hour on how many of its last days, new
 * days weighing more. Hours of the week would need seven times as long to know.
 */
final class ActiveHours {

  private static final int HOURS = 24;
  private static final long HOUR_MILLIS = 3_600_000;
  private static final float KEEP = 7 / 8f;
  private static final int STEPS = 15; // of a weight as it is stored
  // Between two steps: what is stored is never taken for more or less than what was known.
  private static final float NEVER = 2.5f / STEPS;
  private static final int MOST_ACTIVE = 16;
  private static final int MOST_DAYS = 255;

  private final float[] weight = new float[HOURS];
  private int lastHour = Integer.MIN_VALUE;
  private int days;
  private boolean unusual;

  /**
   * Notes that the client speaks.
   *
   * @param at milliseconds
   * @return whether it does so at an hour at which it never spoke, nor in the hours beside it,
   *     though it has hours at all: some part of the day in which it is silent
   */
  boolean note(long at, int leastDays) {
    int hour = (int) Math.floorDiv(at, HOUR_MILLIS);
    if (hour == lastHour) {
      return unusual;
    }
    int ofDay = Math.floorMod(hour, HOURS);
    unusual =
        days >= leastDays
            && weight[ofDay] < NEVER
            && weight[(ofDay + 1) % HOURS] < NEVER
            && weight[(ofDay + HOURS - 1) % HOURS] < NEVER
            && active() <= MOST_ACTIVE;
    if (Math.floorDiv(hour, HOURS) != Math.floorDiv(lastHour, HOURS)) {
      days = Math.min(days + 1, MOST_DAYS);
      for (int i = 0; i < HOURS; i++) {
        weight[i] *= KEEP;
      }
    }
    weight[ofDay] = Math.min(1, weight[ofDay] + 0.5f);
    lastHour = hour;
    return unusual;
  }

  /** Hours of the day at which the client speaks. */
  int active() {
    int active = 0;
    for (float w : weight) {
      active += w >= NEVER ? 1 : 0;
    }
    return active;
  }

  int days() {
    return days;
  }

  void write(ByteBuffer out) {
    out.putInt(lastHour);
    out.put((byte) days);
    for (int i = 0; i < HOURS; i += 2) {
      out.put((byte) (Math.round(weight[i] * STEPS) << 4 | Math.round(weight[i + 1] * STEPS)));
    }
  }

  void read(ByteBuffer in) {
    lastHour = in.getInt();
    days = in.get() & 0xff;
    for (int i = 0; i < HOURS; i += 2) {
      int two = in.get();
      weight[i] = (two >> 4 & 15) / (float) STEPS;
      weight[i + 1] = (two & 15) / (float) STEPS;
    }
  }
}
