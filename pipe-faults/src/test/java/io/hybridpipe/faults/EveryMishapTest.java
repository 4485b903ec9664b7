// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A step that keeps its contract stands all of them. */
class EveryMishapTest extends EveryMishap<Shelf> {
    private static final Duration IMPATIENT = Duration.ofSeconds(1);

    @Override
    protected List<Scene<Shelf>> scenes() {
        return List.of(Scene.step("PutBook", PutBook::new));
    }

    @Override
    protected List<Mishap<Shelf>> mishaps() {
        List<Mishap<Shelf>> all = new ArrayList<>(Mishap.everywhere(IMPATIENT, () -> new Shelf(IMPATIENT)));
        all.add(Mishap.storm("storm", rule -> rule.error("Busy", "later")));
        return all;
    }

    @Override
    protected Class<?> module() {
        return PutBook.class;
    }

    @Override
    protected Map<String, String> withoutScene() {
        return Map.of();
    }

    @Override
    protected Shelf stage() {
        return new Shelf();
    }
}
