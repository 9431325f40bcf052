package io.mqttsentinel.pattern;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Shows a text in all the forms that someone behind may read in it. Layer by layer, breadth first:
 * strings of JSON unescaped, percent encoding, HTML references and disguised Unicode undone in
 * place; runs of base64 and hexadecimal, compressed and UTF-16 texts opened; separated values taken
 * apart; comments and shell tricks that split words taken out. The raw text always comes first; a
 * text without any trace of an encoding costs one look. Used by one thread at a time.
 */
final class Normalizer {

  /** Receives the views; the bytes are only lent. */
  interface ViewSink {
    void view(byte[] bytes, String chain);
  }

  /** Which limit ended the decoding early. */
  enum Limit {
    NONE,
    DEPTH,
    VIEWS,
    BYTES,
    /** A compressed text became too much more than it was. */
    RATIO,
    /** All decoders and matching together read too much. */
    WORK,
    /** A long message took too much of the processor. */
    TIME
  }

  static final String RAW = "raw";

  /** The readable stretches of binary data. */
  static final String STRINGS = "strings";

  /** The raw text without long repetitions, instead of it. */
  static final String SHORTENED = "shortened";

  private static final String STRIPPED = "stripped";
  private static final String JOINED = "joined";

  /** What a byte takes in a decoder and in all that is done to the view before it is matched. */
  private static final long NANOS_OF_PASS = 12;

  private final DecodeLimits limits;
  private final TimeBudget budget;
  private final boolean alone;
  private final ByteBuilder out = new ByteBuilder();
  private final ByteBuilder spare = new ByteBuilder();
  private final ArrayDeque<View> queue = new ArrayDeque<>();
  private final List<byte[]> seen = new ArrayList<>();
  private final Segments structure = new Segments();
  private int signals;
  private boolean noise;
  private int views;
  private int bytes;
  private long work;
  private boolean ended;
  private Limit hit;

  /** Takes each text for a message of its own. */
  Normalizer(DecodeLimits limits) {
    this(limits, new TimeBudget(limits), true);
  }

  /**
   * @param budget of the message that the texts belong to
   */
  Normalizer(DecodeLimits limits, TimeBudget budget) {
    this(limits, budget, false);
  }

  private Normalizer(DecodeLimits limits, TimeBudget budget, boolean alone) {
    this.limits = limits;
    this.budget = budget;
    this.alone = alone;
  }

  /** Hands the raw text and all its views to {@code sink}. */
  Limit expand(byte[] raw, ViewSink sink) {
    if (alone) {
      budget.reset();
    }
    budget.add(raw.length);
    byte[] text = raw;
    String chain = RAW;
    if (raw.length >= Repetition.SHORTEST && !Inflation.isCompressed(raw, 0, raw.length)) {
      out.reset(raw.length);
      if (Repetition.shorten(raw, raw.length, out)) {
        text = out.copy();
        chain = SHORTENED;
      }
    }
    queue.clear();
    ended = false;
    budget.plan(text);
    signals = Signals.of(text, text.length);
    noise = isBinary() && BinaryText.isNoise(text, text.length);
    sink.view(text, chain);
    if (signals == 0) {
      return Limit.NONE;
    }
    seen.clear();
    seen.add(text);
    views = 0;
    bytes = 0;
    work = 2L * text.length;
    hit = Limit.NONE;
    decode(new View(text, "", 0));
    while (!queue.isEmpty() && !ended) {
      View view = queue.remove();
      work += view.bytes.length;
      budget.add(view.bytes.length);
      signals = Signals.of(view.bytes, view.bytes.length);
      noise = isBinary() && BinaryText.isNoise(view.bytes, view.bytes.length);
      sink.view(view.bytes, view.chain);
      if (signals != 0) {
        decode(view);
      }
    }
    return ended ? Limit.WORK : hit;
  }

  /** No further views are wanted of the text at hand. */
  void end() {
    ended = true;
  }

  /** Whether the view handed out last is binary data: its texts, if any, follow as a view. */
  boolean isBinary() {
    return (signals & Signals.BINARY) != 0;
  }

  /** Whether no view follows the one handed out last. */
  boolean isLast() {
    return signals == 0 && queue.isEmpty();
  }

  /**
   * Whether the view handed out last is binary data of which little is readable: a few bytes that
   * look like something stand there by chance.
   */
  boolean isNoise() {
    return noise;
  }

  /** Bytes read for the last text: by decoders, and as views. */
  long work() {
    return work;
  }

  private void decode(View from) {
    byte[] text = from.bytes;
    if (ended || isTooLate(text)) {
      return;
    }
    if ((signals & Signals.COMPRESSED) != 0 && mayRead(text) && inflate(from)) {
      return;
    }
    if ((signals & Signals.WIDE) != 0 && mayRead(text)) {
      start();
      WideText.decode(text, text.length, out);
      finish(from, "utf16");
    }
    if ((signals & Signals.BINARY) != 0) {
      if (mayRead(text)) {
        start();
        BinaryText.extract(text, text.length, out);
        finish(from, STRINGS);
      }
      return;
    }
    if ((signals & Signals.CSV) != 0 && mayRewrite(text)) {
      start();
      SeparatedValues.join(text, text.length, out);
      finish(from, "csv");
    }
    boolean json =
        (signals & (Signals.IN_PLACE | Signals.COMMENT | Signals.SHELL)) != 0
            && structure.areJson(text, text.length);
    if ((signals & Signals.IN_PLACE) != 0) {
      if (JsonStrings.looksLike(text, text.length) && mayRewrite(text)) {
        start();
        JsonStrings.joinEncoded(text, text.length, out);
        finish(from, "json");
      }
      if (!json && mayRewrite(text)) {
        inPlace(from);
      }
    }
    if ((signals & Signals.COMMENT) != 0 && mayRewrite(text)) {
      comments(from, json);
    } else if ((signals & Signals.SHELL) != 0 && mayRewrite(text)) {
      start();
      Stripping.shell(text, text.length, json, out);
      finishChanged(from, STRIPPED);
    }
    if ((signals & Signals.BASE64) != 0 && mayRead(text)) {
      start();
      EncodedRuns.decode(text, text.length, Signals.BASE64, out);
      finish(from, "base64");
    }
    if ((signals & Signals.HEX) != 0 && mayRead(text)) {
      start();
      EncodedRuns.decode(text, text.length, Signals.HEX, out);
      finish(from, "hex");
    }
  }

  /** Counts a pass of a decoder over a text; false where that would be too much. */
  private boolean mayRead(byte[] text) {
    if (work + text.length > limits.work()) {
      hit = Limit.WORK;
      return false;
    }
    if (isTooLate(text)) {
      return false;
    }
    work += text.length;
    return true;
  }

  /**
   * The same for a pass that gives a view about as long; false too where nobody would look at it.
   */
  private boolean mayRewrite(byte[] text) {
    if (!budget.hasRoom(text.length)) {
      hit = Limit.WORK;
      return false;
    }
    return mayRead(text);
  }

  private boolean isTooLate(byte[] text) {
    boolean late = budget.isRunning() && budget.left() < text.length * NANOS_OF_PASS;
    hit = late ? Limit.TIME : hit;
    return late;
  }

  /** False where the bytes hold more than what was compressed. */
  private boolean inflate(View from) {
    int length = from.bytes.length;
    long most = (long) length * limits.ratio();
    int room = limits.bytes() - bytes;
    out.reset((int) Math.min(most, room));
    boolean all = Inflation.decode(from.bytes, length, out);
    boolean bomb = out.isCut() && most < room;
    work += out.length();
    finish(from, "inflated");
    if (bomb) {
      hit = Limit.RATIO;
    }
    return all;
  }

  /**
   * Escapes first, as a view of their own: what they hold may be an attack as it is. Then each
   * other kind after the other on the same text: one view for a layer, not one for each order.
   */
  private void inPlace(View from) {
    byte[] text = from.bytes;
    int length = text.length;
    StringBuilder chain = new StringBuilder();
    if ((signals & Signals.ESCAPE) != 0) {
      start();
      Escapes.decode(text, 0, length, out);
      if (!out.isSame(text, length)) {
        finish(from, "escape");
        return;
      }
    }
    if ((signals & Signals.PERCENT) != 0) {
      start();
      Escapes.percent(text, length, out);
      text = step(text, ">url", chain);
      length = text.length;
    }
    if ((signals & Signals.ENTITY) != 0 && mayRead(text)) {
      start();
      HtmlEntities.decode(text, length, out);
      text = step(text, ">html", chain);
      length = text.length;
    }
    // What was decoded so far can hold disguised characters as well.
    boolean unicode = !chain.isEmpty() || (signals & Signals.UNICODE) != 0;
    if (unicode && mayRead(text)) {
      start();
      Escapes.unicode(text, length, out);
      text = step(text, ">unicode", chain);
      length = text.length;
    }
    if (!chain.isEmpty()) {
      start();
      out.add(text, 0, length);
      finish(from, chain.substring(1));
    }
  }

  private byte[] step(byte[] before, String name, StringBuilder chain) {
    if (out.isSame(before, before.length)) {
      return before;
    }
    if (out.isCut()) {
      hit = Limit.BYTES;
    }
    chain.append(name);
    return out.copy();
  }

  /**
   * Comments as spaces and, where that differs, as nothing; the shell's tricks undone in both.
   * Comments that were inside of others are taken as these were: who reads them does so one way.
   */
  private void comments(View from, boolean json) {
    boolean joined = from.chain.endsWith(JOINED);
    boolean differ = !joined && comments(from, json, false, STRIPPED);
    if (joined) {
      comments(from, json, true, JOINED);
    } else if (differ && !from.chain.endsWith(STRIPPED) && mayRewrite(from.bytes)) {
      comments(from, json, true, JOINED);
    }
  }

  private boolean comments(View from, boolean json, boolean joined, String step) {
    spare.reset(room());
    boolean differ = Stripping.comments(from.bytes, from.bytes.length, joined, spare);
    start();
    Stripping.shell(spare.bytes(), spare.length(), json, out);
    finishChanged(from, step);
    return differ;
  }

  private void finishChanged(View from, String step) {
    if (!out.isSame(from.bytes, from.bytes.length)) {
      finish(from, step);
    }
  }

  private void start() {
    out.reset(room());
  }

  private int room() {
    return limits.bytes() - bytes;
  }

  /** Queues what lies in {@code out} as a view, unless it is empty, known or too much. */
  private void finish(View from, String step) {
    if (out.isCut()) {
      hit = Limit.BYTES;
    }
    if (out.length() == 0 || isSeen()) {
      return;
    }
    if (from.depth == limits.depth()) {
      hit = Limit.DEPTH;
      return;
    }
    if (views == limits.views()) {
      hit = Limit.VIEWS;
      return;
    }
    if (work + out.length() > limits.work() || !budget.hasRoom(out.length())) {
      hit = Limit.WORK;
      return;
    }
    views++;
    bytes += out.length();
    String chain = from.chain.isEmpty() ? step : from.chain + ">" + step;
    byte[] view = out.copy();
    seen.add(view);
    out.reset(view.length);
    boolean shorter = Repetition.shorten(view, view.length, out);
    byte[] kept = shorter ? out.copy() : view;
    budget.plan(kept);
    queue.add(new View(kept, chain, from.depth + 1));
  }

  /** Compared byte for byte: nobody hides a view behind another with the same hash. */
  private boolean isSeen() {
    for (byte[] view : seen) {
      if (out.isSame(view, view.length)) {
        return true;
      }
    }
    return false;
  }

  private static final class View {

    private final byte[] bytes;
    private final String chain;
    private final int depth;

    View(byte[] bytes, String chain, int depth) {
      this.bytes = bytes;
      this.chain = chain;
      this.depth = depth;
    }
  }
}
