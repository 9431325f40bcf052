package io.mqttsentinel.pattern;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;

/**
 * Long texts and the time for them: whether one can be looked at as a whole, and where not, in
 * which parts and order. Nobody knows what a text costs before it is matched; a few samples of it
 * tell well enough, one from each stretch of it, at random so that nobody can prepare them.
 */
final class TextParts {

  /** Bytes of the neighbours that belong to a part, so that what lies across an edge is found. */
  private static final int OVERLAP = 256;

  private static final int SAMPLE = 512;
  private static final int LEAST_SAMPLES = 8;

  /** After so few it is enough if they cost so many times what there is. */
  private static final int CLEAR_SAMPLES = 3;

  private static final double CLEARLY = 2;

  /** One byte in so many is in a sample. */
  private static final int SAMPLED = 24;

  /** Parts that are looked at in any case, once a text is begun. */
  private static final int LEAST_PARTS = 2;

  private static final int[] NONE = {};

  private final RuleScan rules;
  private final SecondOpinion opinion;
  private final TimeBudget budget;
  private final TextPart part = new TextPart(BlockOrder.BLOCK + 2 * OVERLAP);
  private final BlockOrder blocks = new BlockOrder();
  private final Random random = new Random();
  private final BitSet taken = new BitSet();
  private byte[] text;
  private int[] order;
  private int next;
  private long reserve;
  private long leftBefore;

  TextParts(RuleScan rules, SecondOpinion opinion, TimeBudget budget) {
    this.rules = rules;
    this.opinion = opinion;
    this.budget = budget;
  }

  /** Whether a text as a whole will take no more than a share of the time that is left. */
  boolean fits(byte[] view, double share) {
    long left = budget.left();
    if (view.length <= SAMPLE) {
      return left > 0;
    }
    int samples = Math.max(LEAST_SAMPLES, view.length / (SAMPLE * SAMPLED));
    if (left == 0 || view.length <= samples * SAMPLE) {
      return left > 0;
    }
    int stretch = (view.length - SAMPLE) / samples;
    long start = budget.now();
    for (int i = 1; i <= samples; i++) {
      int from = (i - 1) * stretch + random.nextInt(stretch);
      part.of(view, from, from + SAMPLE);
      rules.begin();
      rules.add(part);
      opinion.look(part.bytes(), part.length(), true);
      long spent = budget.now() - start;
      double whole = (double) spent / (i * SAMPLE) * view.length;
      double most = share * (left - spent);
      boolean clear = i >= CLEAR_SAMPLES && whole > CLEARLY * most;
      if (clear || i == samples) {
        return whole < most;
      }
    }
    return true;
  }

  /** The first part to look at, or null where nothing is left of the budget. */
  TextPart first(byte[] view, double share, boolean settled) {
    text = view;
    next = 0;
    taken.clear();
    if (!budget.isRunning()) {
      int parts =
          budget.partsOf(
              BlockOrder.blocks(view.length), settled && SpecialBytes.areDense(view, view.length));
      order = parts == 0 ? NONE : Arrays.copyOf(blocks.of(view), parts);
      reserve = -1;
      return next();
    }
    long left = budget.left();
    reserve = left - (long) (share * left);
    order = left == 0 ? NONE : blocks.of(view);
    return next();
  }

  /** The next part, or null where there is none or no time for one that takes as the last did. */
  TextPart next() {
    long left = budget.left();
    long ofLast = leftBefore - left;
    leftBefore = left;
    if (next == order.length || (next >= LEAST_PARTS && left - ofLast <= reserve)) {
      return null;
    }
    int block = order[next++];
    taken.set(block);
    int from = block * BlockOrder.BLOCK;
    return part.of(
        text,
        Math.max(0, from - OVERLAP),
        Math.min(text.length, from + BlockOrder.BLOCK + OVERLAP));
  }

  /** The blocks of the text whose parts were handed out. */
  BitSet taken() {
    return taken;
  }
}
