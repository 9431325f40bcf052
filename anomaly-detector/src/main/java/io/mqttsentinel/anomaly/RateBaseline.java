package io.mqttsentinel.anomaly;

import java.nio.ByteBuffer;

/**
 * How many there are in a window in which there are any, and how many are usual. The data point is
 * the window, so that a burst of a second is one point, however many messages it has.
 */
final class RateBaseline {

  /** What comes so many windows late belongs to a clock that was wrong. */
  private static final int LATE = 6;

  private static final int MOST_EMPTY = 64;

  /** A window that is over. */
  record Closed(int count, int emptyAfter) {}

  private final Baseline usual = new Baseline();
  private int window = Integer.MIN_VALUE;
  private int count;

  /**
   * Counts one.
   *
   * @param at milliseconds
   * @param length of a window in milliseconds
   * @return the window that this one closes; null while it goes on
   */
  Closed add(long at, long length) {
    int now = (int) (at / length);
    if (now == window || (now < window && window - now <= LATE)) {
      count++;
      return null;
    }
    Closed closed = now < window || count == 0 ? null : new Closed(count, now - window - 1);
    window = now;
    count = 1;
    return closed;
  }

  void learn(Closed closed, double most, boolean withEmpty) {
    usual.learn(Math.log1p(closed.count()), most);
    for (int i = 0; withEmpty && i < Math.min(closed.emptyAfter(), MOST_EMPTY); i++) {
      usual.learn(0, most);
    }
  }

  /** In the window that goes on. */
  int count() {
    return count;
  }

  /** The baseline of ln(1 + count). */
  Baseline usual() {
    return usual;
  }

  void write(ByteBuffer out) {
    out.putInt(window);
    out.putShort((short) Math.min(count, 0xffff));
    usual.write(out);
  }

  void read(ByteBuffer in) {
    window = in.getInt();
    count = in.getShort() & 0xffff;
    usual.read(in);
  }
}
