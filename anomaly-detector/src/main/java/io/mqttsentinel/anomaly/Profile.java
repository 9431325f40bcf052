package io.mqttsentinel.anomaly;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What is usual for one client, as far as its messages have told; at most {@link #MOST} bytes where
 * it is stored. What the origin sends to a client is a profile of its own.
 */
final class Profile {

  static final int MOST = 300;

  private static final byte VERSION = 1;
  private static final int GOODBYE = 1;
  private static final int MISSED = 2;
  private static final long MINUTE = 60_000;
  private static final long CLOCK_JUMP = 3_600_000;
  private static final long SAME_BURST = 1_000;
  private static final float PEAK_KEPT = 0.98f;
  private static final double GAP_PULL = 3;
  private static final int RANDOM_MEMORY = 128;
  private static final int NOVELTY_MEMORY = 256;

  private final Pace pace = new Pace();
  private final RateBaseline publishes = new RateBaseline();
  private final RateBaseline connections = new RateBaseline();
  private final Baseline size = new Baseline();
  private final Baseline entropy = new Baseline();
  private final Baseline gaps = new Baseline();
  private final ActiveHours hours = new ActiveHours();
  private final KnownTypes types = new KnownTypes();
  private final KnownOrigins origins = new KnownOrigins();
  private final KnownTopics topics = new KnownTopics();
  private final Alarms alarms = new Alarms();
  private int observations;
  private long firstAt;
  private long lastAt;
  private long epoch;
  private long sequence;
  private float longestGap;
  private float randomShare;
  private float noveltyShare;
  private boolean saidGoodbye;
  private boolean missed;

  /** Whether the message was learned before: stages repeat themselves after a crash. */
  boolean hasSeen(long epoch, long sequence) {
    return observations > 0 && epoch == this.epoch && sequence <= this.sequence;
  }

  /** Notes that a message came, and how long after the one before. */
  void spoke(long epoch, long sequence, long at) {
    this.epoch = epoch;
    this.sequence = sequence;
    saidGoodbye = false;
    missed = false;
    if (observations == 0) {
      firstAt = at;
    }
    observations = Math.min(observations + 1, Integer.MAX_VALUE - 1);
    long gap = at - lastAt;
    if (lastAt == 0 || gap < -CLOCK_JUMP) {
      lastAt = at;
    } else if (gap > 0) {
      lastAt = at;
      if (gap >= SAME_BURST) {
        gaps.learn(Math.log((double) gap), GAP_PULL);
        longestGap = Math.max(longestGap, (float) gap);
      }
    }
  }

  /** A client that never spoke is remembered by its connections. */
  void connected(long at) {
    saidGoodbye = false;
    if (observations == 0) {
      lastAt = Math.max(lastAt, at);
    }
  }

  void saidGoodbye() {
    saidGoodbye = true;
  }

  /** Its silence is reported. */
  void missed() {
    missed = true;
  }

  /** Once a day: a silence of long ago counts less. */
  void dayBegan() {
    longestGap *= PEAK_KEPT;
  }

  void learnRandom(boolean random) {
    randomShare += ((random ? 1 : 0) - randomShare) / Math.min(observations + 1, RANDOM_MEMORY);
  }

  void learnNovelty(boolean isNew) {
    noveltyShare += ((isNew ? 1 : 0) - noveltyShare) / Math.min(observations + 1, NOVELTY_MEMORY);
  }

  int observations() {
    return observations;
  }

  boolean isKnown(BaselineConfig config) {
    return observations >= config.minObservations();
  }

  /** Milliseconds between its first and its last message. */
  long age() {
    return lastAt - firstAt;
  }

  long lastAt() {
    return lastAt;
  }

  boolean hasSaidGoodbye() {
    return saidGoodbye;
  }

  /** Whether its silence is reported already. */
  boolean isMissed() {
    return missed;
  }

  /** Milliseconds. */
  float longestGap() {
    return longestGap;
  }

  float randomShare() {
    return randomShare;
  }

  float noveltyShare() {
    return noveltyShare;
  }

  Pace pace() {
    return pace;
  }

  /** Of publishes. */
  RateBaseline publishes() {
    return publishes;
  }

  RateBaseline connections() {
    return connections;
  }

  /** Of ln(1 + bytes). */
  Baseline size() {
    return size;
  }

  /** Bits a byte. */
  Baseline entropy() {
    return entropy;
  }

  /** Of ln(milliseconds) between bursts. */
  Baseline gaps() {
    return gaps;
  }

  ActiveHours hours() {
    return hours;
  }

  KnownTypes types() {
    return types;
  }

  KnownOrigins origins() {
    return origins;
  }

  KnownTopics topics() {
    return topics;
  }

  Alarms alarms() {
    return alarms;
  }

  byte[] toBytes() {
    ByteBuffer out = ByteBuffer.allocate(MOST);
    out.put(VERSION)
        .put((byte) ((saidGoodbye ? GOODBYE : 0) | (missed ? MISSED : 0)))
        .putInt(observations);
    out.putInt((int) (firstAt / MINUTE)).putLong(lastAt).putLong(epoch).putLong(sequence);
    out.putShort(Float.floatToFloat16((float) Math.log1p(longestGap)));
    out.putShort(Float.floatToFloat16(randomShare));
    out.putShort(Float.floatToFloat16(noveltyShare));
    pace.write(out);
    publishes.write(out);
    connections.write(out);
    size.write(out);
    entropy.write(out);
    gaps.write(out);
    hours.write(out);
    types.write(out);
    origins.write(out);
    alarms.write(out, lastAt);
    topics.write(out);
    return Arrays.copyOf(out.array(), out.position());
  }

  /** What another version wrote is learned anew. */
  static Profile fromBytes(byte[] bytes) {
    Profile profile = new Profile();
    if (bytes != null && bytes.length > 0 && bytes[0] == VERSION) {
      profile.read(ByteBuffer.wrap(bytes, 1, bytes.length - 1));
    }
    return profile;
  }

  private void read(ByteBuffer in) {
    int flags = in.get();
    saidGoodbye = (flags & GOODBYE) != 0;
    missed = (flags & MISSED) != 0;
    observations = in.getInt();
    firstAt = in.getInt() * MINUTE;
    lastAt = in.getLong();
    epoch = in.getLong();
    sequence = in.getLong();
    longestGap = (float) Math.expm1(Float.float16ToFloat(in.getShort()));
    randomShare = Float.float16ToFloat(in.getShort());
    noveltyShare = Float.float16ToFloat(in.getShort());
    pace.read(in);
    publishes.read(in);
    connections.read(in);
    size.read(in);
    entropy.read(in);
    gaps.read(in);
    hours.read(in);
    types.read(in);
    origins.read(in);
    alarms.read(in, lastAt);
    topics.read(in);
  }
}
