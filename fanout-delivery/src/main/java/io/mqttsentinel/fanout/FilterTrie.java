package io.mqttsentinel.fanout;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Topic filters by their levels (MQTT 5.0, 4.7). Goes level by level and not by recursion, since
 * the depth of a filter is a client's choice.
 */
final class FilterTrie<T> {

  private final Node<T> root = new Node<>();
  private int size;

  /** Adds a value or replaces the one with the same filter and key. */
  void put(String topicFilter, String key, T value) {
    Node<T> node = root;
    for (String level : levels(topicFilter)) {
      node = node.children().computeIfAbsent(level, l -> new Node<>());
    }
    if (node.values().put(key, value) == null) {
      size++;
    }
  }

  /** Removes a value and the levels that only it needed. */
  void remove(String topicFilter, String key) {
    Deque<Step<T>> path = new ArrayDeque<>();
    Node<T> node = root;
    for (String level : levels(topicFilter)) {
      Node<T> next = node.child(level);
      if (next == null) {
        return;
      }
      path.push(new Step<>(node, level));
      node = next;
    }
    if (node.values == null || node.values.remove(key) == null) {
      return;
    }
    size--;
    while (node.isEmpty() && !path.isEmpty()) {
      Step<T> step = path.pop();
      step.parent.children.remove(step.level);
      node = step.parent;
    }
  }

  /** Calls for each value whose filter matches the topic name. */
  void match(String topic, Consumer<? super T> each) {
    if (size == 0) {
      return;
    }
    List<Node<T>> reached = List.of(root);
    boolean wildcards = !topic.startsWith("$"); // MQTT-4.7.2-1: only in the first level
    for (String level : levels(topic)) {
      List<Node<T>> next = new ArrayList<>();
      for (Node<T> node : reached) {
        if (wildcards) {
          node.child("#", all -> all.forEach(each));
          node.child("+", next::add);
        }
        node.child(level, next::add);
      }
      if (next.isEmpty()) {
        return;
      }
      reached = next;
      wildcards = true;
    }
    for (Node<T> node : reached) {
      node.forEach(each);
      node.child("#", all -> all.forEach(each)); // a/# matches a, too
    }
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return root.isEmpty();
  }

  private static String[] levels(String text) {
    return text.split("/", -1);
  }

  private record Step<T>(Node<T> parent, String level) {}

  /** Most nodes have either children or values: neither map exists before it is needed. */
  private static final class Node<T> {
    private Map<String, Node<T>> children;
    private Map<String, T> values;

    Map<String, Node<T>> children() {
      if (children == null) {
        children = new HashMap<>(4);
      }
      return children;
    }

    Map<String, T> values() {
      if (values == null) {
        values = new HashMap<>(4);
      }
      return values;
    }

    Node<T> child(String level) {
      return children == null ? null : children.get(level);
    }

    void child(String level, Consumer<Node<T>> then) {
      Node<T> child = child(level);
      if (child != null) {
        then.accept(child);
      }
    }

    void forEach(Consumer<? super T> each) {
      if (values != null) {
        values.values().forEach(each);
      }
    }

    boolean isEmpty() {
      return (children == null || children.isEmpty()) && (values == null || values.isEmpty());
    }
  }
}
