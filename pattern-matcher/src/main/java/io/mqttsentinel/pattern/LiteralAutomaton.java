package io.mqttsentinel.pattern;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * Aho and Corasick's automaton over case-folded bytes, as a full table: one lookup a byte whatever
 * the number of literals. Bytes that occur in no literal share one column.
 */
final class LiteralAutomaton {

  private static final int[] NONE = {};

  private final byte[] column = new byte[Regex.BYTE_VALUES];
  private final int columns;
  private final int[] next;
  private final int[][] owners;

  private LiteralAutomaton(Builder builder) {
    System.arraycopy(builder.column, 0, column, 0, column.length);
    columns = builder.columns;
    next = builder.table();
    owners = builder.owners();
  }

  /** The automaton that reports {@code i} where a literal of {@code literals.get(i)} ends. */
  static LiteralAutomaton of(List<Set<String>> literals) {
    return new LiteralAutomaton(new Builder(literals));
  }

  /** Adds the owners of all literals that occur in the first {@code length} bytes. */
  void search(byte[] bytes, int length, BitSet found) {
    int state = 0;
    for (int i = 0; i < length; i++) {
      state = next[state * columns + (column[bytes[i] & 0xff] & 0xff)];
      int[] here = owners[state];
      for (int owner : here) {
        found.set(owner);
      }
    }
  }

  private static final class Builder {

    private final byte[] column = new byte[Regex.BYTE_VALUES];
    private final int columns;
    private final List<int[]> children = new ArrayList<>();
    private final List<BitSet> ends = new ArrayList<>();

    Builder(List<Set<String>> literals) {
      columns = assignColumns(literals);
      addState();
      for (int owner = 0; owner < literals.size(); owner++) {
        for (String literal : literals.get(owner)) {
          add(literal, owner);
        }
      }
    }

    private int assignColumns(List<Set<String>> literals) {
      BitSet used = new BitSet(Regex.BYTE_VALUES);
      literals.forEach(set -> set.forEach(literal -> literal.chars().forEach(used::set)));
      int columns = 1;
      for (int b = used.nextSetBit(0); b >= 0; b = used.nextSetBit(b + 1)) {
        column[b] = (byte) columns++;
      }
      for (int upper = 'A'; upper <= 'Z'; upper++) {
        column[upper] = column[upper - 'A' + 'a'];
      }
      return columns;
    }

    private int addState() {
      int[] row = new int[columns];
      Arrays.fill(row, -1);
      children.add(row);
      ends.add(new BitSet());
      return children.size() - 1;
    }

    private void add(String literal, int owner) {
      int state = 0;
      for (int i = 0; i < literal.length(); i++) {
        int c = column[literal.charAt(i)] & 0xff;
        int child = children.get(state)[c];
        if (child < 0) {
          child = addState();
          children.get(state)[c] = child;
        }
        state = child;
      }
      ends.get(state).set(owner);
    }

    /** Fills the gaps with where the longest proper suffix leads, breadth first. */
    int[] table() {
      int[] fallback = new int[children.size()];
      ArrayDeque<Integer> queue = new ArrayDeque<>(List.of(0));
      while (!queue.isEmpty()) {
        int state = queue.remove();
        int[] row = children.get(state);
        for (int c = 0; c < columns; c++) {
          int elsewhere = state == 0 ? 0 : children.get(fallback[state])[c];
          if (row[c] < 0) {
            row[c] = elsewhere;
          } else {
            fallback[row[c]] = elsewhere;
            ends.get(row[c]).or(ends.get(elsewhere));
            queue.add(row[c]);
          }
        }
      }
      int[] table = new int[children.size() * columns];
      for (int state = 0; state < children.size(); state++) {
        System.arraycopy(children.get(state), 0, table, state * columns, columns);
      }
      return table;
    }

    int[][] owners() {
      return ends.stream()
          .map(end -> end.isEmpty() ? NONE : end.stream().toArray())
          .toArray(int[][]::new);
    }
  }
}
