package dev.nestor.property.model;

/** A namespace of a kind that has an owner and no parent. */
public class ModelNs {
    private final ModelUserNs owner;

    ModelNs(ModelUserNs owner) {
        this.owner = owner;
    }

    public ModelUserNs owner() {
        return owner;
    }
}
