package io.mqttsentinel.schemas;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the topics that are missing and refuses a cluster whose partition counts differ. */
public final class TopicProvisioner {

  private final Admin admin;
  private final TopicLayout layout;

  public TopicProvisioner(Admin admin, TopicLayout layout) {
    this.admin = admin;
    this.layout = layout;
  }

  /**
   * @throws IllegalStateException naming a topic whose number of partitions is not the configured
   *     one: state and keys depend on it
   */
  public void provision(Collection<? extends Topic<?, ?>> topics)
      throws ExecutionException, InterruptedException {
    Set<String> present = admin.listTopics().names().get();
    List<NewTopic> missing =
        topics.stream()
            .filter(topic -> !present.contains(topic.name()))
            .map(
                topic ->
                    new NewTopic(topic.name(), topic.partitions(layout), layout.replicationFactor())
                        .configs(topic.settings(layout)))
            .toList();
    create(missing);
    check(topics.stream().filter(topic -> present.contains(topic.name())).toList());
  }

  private void create(List<NewTopic> missing) throws ExecutionException, InterruptedException {
    for (var creation : admin.createTopics(missing).values().values()) {
      try {
        creation.get();
      } catch (ExecutionException e) {
        // Another service was faster.
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
  }

  private void check(List<? extends Topic<?, ?>> topics)
      throws ExecutionException, InterruptedException {
    Map<String, TopicDescription> found =
        admin.describeTopics(topics.stream().map(Topic::name).toList()).allTopicNames().get();
    for (Topic<?, ?> topic : topics) {
      int actual = found.get(topic.name()).partitions().size();
      int expected = topic.partitions(layout);
      boolean grown = topic.placement().perLane() && actual > expected;
      if (actual != expected && !grown) {
        throw new IllegalStateException(
            "topic %s has %d partitions, expected %d (sentinel.kafka.%s)"
                .formatted(
                    topic.name(),
                    actual,
                    expected,
                    topic.placement().perLane() ? "lanes" : "partitions"));
      }
    }
  }
}
