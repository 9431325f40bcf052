package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import java.nio.ByteBuffer;

/**
 * Which deviations of one client are on, and when each was reported last.
 *
 * <p>Each data point that deviates moves the level up by an eighth of what is missing to 1, each
 * other one takes an eighth off. So {@code raise-after} of them in a row switch the alarm on, and
 * the same share within a mix does too: one ordinary message between two others hides nothing.
 */
final class Alarms {

  private static final float STEP = 1 / 8f;
  private static final float ROUNDING = 0.005f;
  private static final int LEVELS = 255;
  private static final int LONG_AGO = 0xffff;
  private static final long UNIT_MILLIS = 10_000;

  private final float[] levels = new float[Alarm.COUNT];
  private final long[] reportedAt = new long[Alarm.COUNT];
  private int on;

  /**
   * Takes a data point.
   *
   * @param at milliseconds
   * @return whether a finding is due: the alarm is on, this point belongs to it, and the last
   *     report is old enough
   */
  boolean note(Alarm alarm, boolean deviates, long at, BaselineConfig config) {
    int i = alarm.place();
    levels[i] += deviates ? (1 - levels[i]) * STEP : -levels[i] * STEP;
    float raise = levelAfter(config.raiseAfter());
    if (deviates && levels[i] >= raise - ROUNDING) {
      on |= 1 << i;
    } else if (levels[i] <= (raise + ROUNDING) * Math.pow(1 - STEP, config.clearAfter())) {
      on &= ~(1 << i);
    }
    return deviates && isOn(alarm) && report(alarm, at, config);
  }

  /** The same; where messages are to be stopped, each one that deviates needs its finding. */
  boolean note(Alarm alarm, boolean deviates, long at, BaselineConfig config, Action action) {
    return note(alarm, deviates, at, config) || (deviates && isOn(alarm) && action != Action.FLAG);
  }

  /** For what needs no confirmation: whether it was not reported lately. Notes that it is now. */
  boolean report(Alarm alarm, long at, BaselineConfig config) {
    if (Math.abs(at - reportedAt[alarm.place()]) < config.suppress().toMillis()) {
      return false;
    }
    reportedAt[alarm.place()] = at;
    return true;
  }

  boolean isOn(Alarm alarm) {
    return (on & 1 << alarm.place()) != 0;
  }

  private static float levelAfter(int points) {
    return (float) (1 - Math.pow(1 - STEP, points));
  }

  /** Times of reports are kept to ten seconds, and for a week. */
  void write(ByteBuffer out, long now) {
    out.putShort((short) on);
    for (int i = 0; i < Alarm.COUNT; i++) {
      out.put((byte) Math.round(levels[i] * LEVELS));
      long age = Math.max(0, now - reportedAt[i]) / UNIT_MILLIS;
      out.putShort((short) Math.min(age, LONG_AGO));
    }
  }

  void read(ByteBuffer in, long now) {
    on = in.getShort();
    for (int i = 0; i < Alarm.COUNT; i++) {
      levels[i] = (in.get() & 0xff) / (float) LEVELS;
      int age = in.getShort() & 0xffff;
      reportedAt[i] = age == LONG_AGO ? 0 : now - age * UNIT_MILLIS;
    }
  }
}
