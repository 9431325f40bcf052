package io.mqttsentinel.benchmarks;

import java.util.Optional;

/** Something that a run may have and must close then. */
record OptionalResource<T extends AutoCloseable>(Optional<T> resource) implements AutoCloseable {

  static <T extends AutoCloseable> OptionalResource<T> of(T resource) {
    return new OptionalResource<>(Optional.of(resource));
  }

  static <T extends AutoCloseable> OptionalResource<T> none() {
    return new OptionalResource<>(Optional.empty());
  }

  @Override
  public void close() {
    resource.ifPresent(OptionalResource::closeNow);
  }

  private static void closeNow(AutoCloseable resource) {
    try {
      resource.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) { // declared by AutoCloseable
      throw new IllegalStateException(e);
    }
  }
}
