package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Action;
import java.time.Duration;

/**
 * How far one field of a message is decoded, and what becomes of a message where that ends early.
 *
 * @param depth layers of encoding
 * @param views texts looked at beside the raw one
 * @param bytes of all these texts together
 * @param ratio bytes that a compressed byte may become
 * @param work bytes read by decoders and matched, each byte as often as it is read
 * @param exceeded the action of the finding {@code inspection_truncated}
 * @param time of the processor for one message, zero for no limit; only long ones are held to it
 */
record DecodeLimits(
    int depth, int views, int bytes, int ratio, int work, Action exceeded, Duration time) {

  /** What is under way when it ends is ended: hence less than the 5 ms that are the goal. */
  static final Duration DEFAULT_TIME = Duration.ofMillis(3);

  static final DecodeLimits DEFAULT = new DecodeLimits(5, 48, 256 * 1024);

  static final int DEFAULT_RATIO = 100;
  static final int DEFAULT_WORK = 2 << 20;

  DecodeLimits(int depth, int views, int bytes) {
    this(depth, views, bytes, DEFAULT_RATIO, DEFAULT_WORK, Action.FLAG);
  }

  DecodeLimits(int depth, int views, int bytes, int ratio, int work, Action exceeded) {
    this(depth, views, bytes, ratio, work, exceeded, DEFAULT_TIME);
  }

  /** The same with another bound of time. */
  DecodeLimits within(Duration most) {
    return new DecodeLimits(depth, views, bytes, ratio, work, exceeded, most);
  }
}
