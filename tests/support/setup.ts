// type-graphql and MikroORM's legacy decorators both want this before the first class they touch.
import 'reflect-metadata';
