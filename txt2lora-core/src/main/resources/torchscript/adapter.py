# What all denoisers do with a LoRA, whatever their network is. A denoiser's class has the attributes `weights`, `lora`,
# `lora_parameters` and `lora_views`, which it hands over; these functions fill and empty them.

# All LoRA matrices are views into one vector `parameters`: layout[NAME.down] and layout[NAME.up] are
# [offset, shape...], layout[NAME.scale] is [alpha / rank]; all on the CPU. Several LoRAs of one layout are attached
# as the rows of a matrix.
def attach(lora: Dict[str, Tensor], lora_parameters: List[Tensor], lora_views: List[Tensor], parameters: Tensor, layout: Dict[str, Tensor]) -> Tensor:
  __torch__.adapter.detach(lora, lora_parameters, lora_views)
  lora_parameters.append(parameters)
  for key in layout.keys():
    if key.endswith(".scale"):
      # a copy, because the layout's memory is the caller's and goes back to it after this call
      lora[key] = layout[key][0].clone()
    else:
      numbers = [int(n) for n in layout[key].unbind(0)]
      size = 1
      for n in numbers[1:]:
        size = size * n
      shape = parameters.shape[:-1] + numbers[1:]
      view = parameters.narrow(-1, numbers[0], size).view(shape).detach().requires_grad_(True)
      lora[key] = view
      lora_views.append(view)
  return torch.tensor(len(lora_views))

def detach(lora: Dict[str, Tensor], lora_parameters: List[Tensor], lora_views: List[Tensor]) -> Tensor:
  lora.clear()
  lora_parameters.clear()
  lora_views.clear()
  return torch.tensor(0)

# The weights of layers by the layers' names, as float32 copies; only the keys of `layers` count.
def weights_of(weights: Dict[str, Tensor], layers: Dict[str, Tensor]) -> Dict[str, Tensor]:
  copies = annotate(Dict[str, Tensor], {})
  for name in layers.keys():
    copies[name] = weights[name + ".weight"].to(6, copy=True)
  return copies

# Mean squared error of a prediction against `target`, each sample's times its number in `sample_weights`, and its
# gradient for the vector of LoRA parameters.
# sample_weights: [batch] or [] for none -> [loss, gradient, prediction]
def gradient(prediction: Tensor, target: Tensor, loss_scale: Tensor, sample_weights: Tensor, lora_parameters: List[Tensor], lora_views: List[Tensor]) -> List[Tensor]:
  if sample_weights.dim() == 0:
    loss = torch.mse_loss(prediction, target)
  else:
    loss = torch.mean((prediction - target) ** 2 * sample_weights.reshape([-1, 1, 1, 1]))
  scale = float(loss_scale)
  gradients = torch.grad([loss * scale], lora_views)
  joined = __torch__.adapter.joined(gradients, lora_parameters[0], lora_views)
  return [loss.detach(), joined.mul_(1.0 / scale), prediction.detach()]

# The same for several LoRAs, each with its own equal part of the batch.
# loss_scales: [stack] -> [losses [stack], gradients [stack, size], prediction]
def gradients(prediction: Tensor, target: Tensor, loss_scales: Tensor, sample_weights: Tensor, lora_parameters: List[Tensor], lora_views: List[Tensor]) -> List[Tensor]:
  squares = (prediction - target) ** 2 * sample_weights.reshape([-1, 1, 1, 1])
  losses = squares.reshape([loss_scales.shape[0], -1]).mean(1)
  gradients = torch.grad([(losses * loss_scales).sum()], lora_views)
  joined = __torch__.adapter.joined(gradients, lora_parameters[0], lora_views)
  return [losses.detach(), joined.div_(loss_scales.unsqueeze(1)), prediction.detach()]

# The gradients of all views where the views are in the parameters.
def joined(gradients: List[Optional[Tensor]], parameters: Tensor, lora_views: List[Tensor]) -> Tensor:
  joined = torch.zeros_like(parameters)
  rows = joined.reshape([-1, parameters.shape[-1]])
  for i in range(len(lora_views)):
    g = gradients[i]
    if g is not None:
      offset = lora_views[i].storage_offset() - parameters.storage_offset()
      flat = g.reshape([rows.shape[0], -1])
      rows.narrow(1, offset, flat.shape[1]).copy_(flat)
  return joined
